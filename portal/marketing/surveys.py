"""Satisfaction surveys: one question by mail, at most once a year, answered without signing in.

The link is one of the usual kind: 256 random bits of which only the hash is kept; one use, and
expiring.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.viewing import View, note_views
from portal.customers.csv_cells import neutralised
from portal.customers.models import Customer
from portal.customers.moves import today
from portal.encryption import token_hash
from portal.errors import InvalidValueError, NotFoundError, PortalError
from portal.marketing.audience import Allowed
from portal.marketing.choices import lock_person
from portal.marketing.mailing import Mailing, addressed, due, post_mailings
from portal.marketing.models import MarketingMailing, SurveyAnswer, Topic
from portal.settings import get_settings
from portal.text import parse_line

KIND = "marketing/survey"
PURPOSE = "survey"
LIFE = timedelta(days=60)
AT_MOST_EVERY = timedelta(days=365)
LONGEST_WORDS = 1000
SCORES = range(1, 6)
COLUMNS = ("answered_at", "customer_number", "customer", "name", "email", "score", "words")


class SurveyEndedError(PortalError):
    """The link is unknown, answered or too old: nothing tells these apart."""

    code = "link-ended"
    status = 410


@dataclass(frozen=True)
class Survey:
    """The question behind a link: to whom it was put, about which customer."""

    mailing: MarketingMailing
    name: str
    customer: str


def surveyed(db: Session, *, now: datetime) -> Iterator[list[Allowed]]:
    """Who may be asked now: nobody twice within a year, for however many customers they act."""
    asked: set[object] = set()
    for some in due(db, Topic.SURVEYS, period=period_of(now), now=now, since=now - AT_MOST_EVERY):
        fresh = [each for each in some if each.user_id not in asked]
        once = list({each.user_id: each for each in fresh}.values())
        asked.update(each.user_id for each in once)
        if once:
            yield once


def period_of(now: datetime) -> str:
    """The day of a survey."""
    return today(now, "NO").isoformat()


def post_surveys(db: Session, people: Sequence[Allowed], *, now: datetime) -> int:
    """Put the question to each of them who was not asked within a year; says to how many."""
    mailings: list[Mailing] = []
    for each in addressed(db, people):
        token = secrets.token_urlsafe(32)
        link = f"{get_settings().origin}/go/{PURPOSE}/{token}?l={each.allowed.locale}"
        values = {"link": link, "days": LIFE.days}
        mailings.append(Mailing(each, values, token_hash=token_hash(token)))
    since = now - AT_MOST_EVERY
    return post_mailings(db, Topic.SURVEYS, KIND, period_of(now), mailings, now=now, since=since)


def open_survey(db: Session, token: str, *, now: datetime) -> Survey:
    """Look at the question without answering it.

    Raises:
        SurveyEndedError: there is nothing to answer (any more).
    """
    mailing = db.execute(
        select(MarketingMailing).where(
            col(MarketingMailing.token_hash) == token_hash(token),
            col(MarketingMailing.at) > now - LIFE,
        )
    ).scalar()
    if mailing is None or _answer_to(db, mailing) is not None:
        raise SurveyEndedError
    name = db.get_one(User, mailing.user_id).name
    customer = _customer_name(db, mailing)
    return Survey(mailing, name, customer)


def answer_survey(db: Session, token: str, score: str, words: str, *, now: datetime) -> None:
    """Keep the answer. The link works once.

    Raises:
        SurveyEndedError: there is nothing to answer (any more).
        InvalidValueError: `score-required` (field `score`) or `text-too-long` (field `words`).
    """
    mailing = open_survey(db, token, now=now).mailing
    if score not in map(str, SCORES):
        raise InvalidValueError("score-required", "score")
    try:
        words = parse_line(words, LONGEST_WORDS)
    except InvalidValueError as error:
        error.field = "words"
        raise
    try:
        lock_person(db, mailing.user_id)
    except NotFoundError:
        raise SurveyEndedError from None
    mailing = open_survey(db, token, now=now).mailing  # it may have ended while this one waited
    db.add(
        SurveyAnswer(
            user_id=mailing.user_id,
            customer_id=mailing.customer_id,
            period=mailing.period,
            score=int(score),
            words=words,
            at=now,
        )
    )
    db.flush()


def survey_answers(db: Session, actor: Actor, *, since: datetime) -> Iterator[tuple[str, ...]]:
    """The answers since a time as rows of a file, the oldest first, after their `COLUMNS`.

    Raises:
        NotAllowedError: a person asks; they go to a part of SensorNordic only.
    """
    actor.require_system()
    yield COLUMNS
    rows = db.execute(
        select(SurveyAnswer, User, Customer)
        .join(User, col(User.id) == col(SurveyAnswer.user_id))
        .join(Customer, col(Customer.id) == col(SurveyAnswer.customer_id))
        .where(col(SurveyAnswer.at) >= since)
        .order_by(col(SurveyAnswer.at), col(SurveyAnswer.user_id))
        .execution_options(yield_per=500)
    )
    for answer, user, customer in rows:
        cells = (
            answer.at.isoformat(timespec="seconds"),
            customer.number,
            customer.name,
            user.name,
            user.email,
            str(answer.score),
            answer.words,
        )
        yield tuple(neutralised(cell) for cell in cells)


def record_reading(db: Session, actor: Actor, *, since: datetime, now: datetime) -> None:
    """Note in the trail that the answers were read, with their givers' names, and for each of
    them that theirs was.

    Raises:
        NotAllowedError: a person asks; they go to a part of SensorNordic only.
    """
    actor.require_system()
    trail.record(db, AuditEvent.SURVEY_ANSWERS_READ, actor, now=now, since=since.isoformat())
    read = db.execute(
        select(col(SurveyAnswer.user_id), col(SurveyAnswer.customer_id))
        .where(col(SurveyAnswer.at) >= since)
        .distinct()
    )
    views = [
        View(AuditEvent.SURVEY_ANSWER_READ, customer=customer_id, subject=user_id)
        for user_id, customer_id in read
    ]
    note_views(db, actor, views, now=now)


def _answer_to(db: Session, mailing: MarketingMailing) -> SurveyAnswer | None:
    return db.get(SurveyAnswer, (mailing.user_id, mailing.customer_id, mailing.period))


def _customer_name(db: Session, mailing: MarketingMailing) -> str:
    return db.get_one(Customer, mailing.customer_id).name
