"""Data requests of people with an account: what they can ask for, asking, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right
from portal.audit.events import AuditEvent
from portal.customers.company_details import company_details
from portal.errors import InvalidValueError, NotAllowedError, PortalError, in_field
from portal.languages import _, using
from portal.marketing.choices import lock_person, say_no
from portal.marketing.models import Decision, Topic, Way
from portal.marketing.receipts import Answer, Shown
from portal.privacy.cases import deadline_of, note, tell_received
from portal.privacy.deadlines import due_on, office_day
from portal.privacy.identity_numbers import refuse_identity_numbers
from portal.privacy.limits import OPEN_PER_PERSON
from portal.privacy.models import DataRequest, RequestKind, Verification
from portal.privacy.request_kinds import NEEDS_WORDS, OBJECT_TO_SURVEYS, open_to
from portal.privacy.restriction import is_restricted
from portal.text import parse_paragraphs

LONGEST_WORDS = 4000


class TooManyRequestsError(PortalError):
    """So many of the person's requests wait for an answer that no more are taken."""

    code = "too-many-requests"
    status = 409


@dataclass(frozen=True)
class OwnRequest:
    """A request as the person who made it sees it. `due_on` is the day that holds now."""

    id: UUID
    kind: RequestKind
    words: str
    received_on: date
    due_on: date
    extension_reason: str
    answered_on: date | None
    answer: str


@dataclass(frozen=True)
class PriceCategory:
    """What prices rest on (and nothing else): the customer's own values."""

    products: tuple[str, ...]
    contract_start: date | None
    contract_end: date | None
    customer_since: date | None


@dataclass(frozen=True)
class OwnStanding:
    """What the person can ask for, and what holds for them. `category` is None for whoever may
    not see the company's details, or acts for nobody.
    """

    kinds: tuple[RequestKind, ...]
    category: PriceCategory | None
    restricted: bool
    restricted_until: date | None


def own_standing(db: Session, actor: Actor, *, now: datetime) -> OwnStanding:
    """Where the actor stands.

    Raises:
        NotAllowedError: support staff ask the office.
    """
    _require_no_staff(actor)
    user = db.get_one(User, actor.user)
    restricted = is_restricted(user, office_day(now))
    return OwnStanding(
        kinds=open_to(actor),
        category=_category(db, actor) if actor.may(Right.SEE_COMPANY) else None,
        restricted=restricted,
        restricted_until=user.restricted_until if restricted else None,
    )


def own_requests(db: Session, actor: Actor) -> list[OwnRequest]:
    """The actor's requests, the newest first, answered ones among them.

    Raises:
        NotAllowedError: support staff ask the office.
    """
    _require_no_staff(actor)
    rows = db.execute(
        select(DataRequest)
        .where(col(DataRequest.user_id) == actor.user)
        .order_by(col(DataRequest.received_at).desc(), col(DataRequest.id))
    ).scalars()
    return [_own(each) for each in rows]


def open_request(db: Session, actor: Actor, kind: str, words: str, *, now: datetime) -> DataRequest:
    """Use a right. The person is told by mail by when they have the answer, and the leads that
    there is something to answer. What waits already in the same words is not opened twice.

    Raises:
        NotAllowedError: support staff ask the office.
        InvalidValueError: `request-kind-required` (field `kind`): nothing that this person can
            ask for; or what is wrong with field `words`: `request-words-required`,
            `text-too-long`.
        TooManyRequestsError: five wait already.
    """
    _require_no_staff(actor)
    wanted = parse_kind(kind, open_to(actor))
    said = parse_words(words, wanted)
    user = lock_person(db, actor.user)
    waiting = _waiting(db, user.id)
    for each in waiting:
        if (each.kind, each.words) == (wanted.value, said):
            return each
    if len(waiting) >= OPEN_PER_PERSON:
        raise TooManyRequestsError(limit=OPEN_PER_PERSON)
    request = DataRequest(
        kind=wanted.value,
        user_id=user.id,
        customer_id=actor.customer_id,
        name=user.name,
        email=user.email,
        phone=user.phone,
        locale=user.locale,
        words=said,
        received_at=now,
        due_on=due_on(office_day(now)),
        verified_at=now,
        verified_by=Verification.ACCOUNT.value,
    )
    db.add(request)
    db.flush()
    note(db, AuditEvent.DATA_REQUEST_OPENED, actor, request, now=now, by=request.verified_by)
    tell_received(db, request, now=now)
    return request


def object_to_surveys(db: Session, actor: Actor, *, locale: str, now: datetime) -> bool:
    """Object to satisfaction surveys: carried out at once, by every channel, with a receipt of
    it. False if that was so before.

    Raises:
        NotAllowedError: the actor acts for no customer, and so is asked nothing.
    """
    actor.require(Right.CHOOSE_MARKETING)
    user = lock_person(db, actor.user)
    with using(locale):
        shown = Shown(_(OBJECT_TO_SURVEYS), locale)
    answer = Answer(Decision.NO, Topic.SURVEYS)
    return say_no(db, actor, user, answer, shown, Way.PORTAL, now=now)


def parse_kind(text: str, among: Sequence[RequestKind]) -> RequestKind:
    """What is asked for.

    Raises:
        InvalidValueError: `request-kind-required`, field `kind`.
    """
    for kind in among:
        if kind.value == text:
            return kind
    raise InvalidValueError("request-kind-required", "kind")


def parse_words(text: str, kind: RequestKind | None) -> str:
    """What the person writes.

    Raises:
        InvalidValueError: `request-words-required` where nobody could act without words,
            `text-too-long` or `identity-number-in-words`; field `words`.
    """
    with in_field("words"):
        words = refuse_identity_numbers(parse_paragraphs(text, LONGEST_WORDS))
        if not words and kind in NEEDS_WORDS:
            raise InvalidValueError("request-words-required")
    return words


def _require_no_staff(actor: Actor) -> None:
    if actor.staff_role is not None or actor.user_id is None:
        raise NotAllowedError


def _waiting(db: Session, user_id: UUID) -> list[DataRequest]:
    found = db.execute(
        select(DataRequest)
        .where(col(DataRequest.user_id) == user_id, col(DataRequest.answered_at).is_(None))
        .order_by(col(DataRequest.received_at))
    )
    return list(found.scalars())


def _own(request: DataRequest) -> OwnRequest:
    answered = request.answered_at
    return OwnRequest(
        id=request.id,
        kind=RequestKind(request.kind),
        words=request.words,
        received_on=office_day(request.received_at),
        due_on=deadline_of(request),
        extension_reason=request.extension_reason,
        answered_on=office_day(answered) if answered else None,
        answer=request.answer,
    )


def _category(db: Session, actor: Actor) -> PriceCategory:
    details = company_details(db, actor)
    return PriceCategory(
        details.products, details.contract_start, details.contract_end, details.customer_since
    )
