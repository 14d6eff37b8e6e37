"""Two who act on the same choices at the same moment: the no wins, and nothing happens twice."""

import re
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.profile import ProfileChanges, change_profile
from portal.accounts.sign_in import VISITOR
from portal.actor import Actor, Role, system
from portal.audit import trail
from portal.customers.models import Member
from portal.customers.team import remove_member
from portal.database import reading, transaction
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.marketing import (
    mailing,
    moved_addresses,  # noqa: F401 - takes noes along
    suppression,
)
from portal.marketing.audience import Allowed
from portal.marketing.choices import stop_everything
from portal.marketing.importing import import_marketing
from portal.marketing.models import (
    Channel,
    MarketingChoice,
    MarketingReceipt,
    SurveyAnswer,
    Topic,
    Way,
)
from portal.marketing.opt_out_reports import OptOutReport, take_reports
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from portal.marketing.status_reports import post_status_reports, quarter_of
from portal.marketing.surveys import answer_survey, post_surveys, surveyed
from tests.customers.files import text
from tests.customers.people import People, act, add_customer, add_people
from tests.customers.together import together
from tests.marketing.conftest import choose, written_to

Act = Callable[[Session], object]
ROUNDS = 8  # so that each of two has been the first, and both in the middle of it
KARI, TOR = "kari@nordlys.example", "tor@nordlys.example"
PHONE = "+4790000101"
SENDER = system("sender")


@pytest.fixture
def team(database: str, clock: datetime) -> People:
    """Kari and Tor share a phone; committed."""
    with transaction() as db:
        people = add_people(db, clock)
        for actor in (people.kari, people.tor):
            user = db.get_one(User, actor.user)
            user.phone = PHONE
            db.add(user)
    return people


def overlapping(first: Act, second: Act) -> list[str]:
    """What becomes of both if the second comes after the first has acted and before it commits."""
    acted, coming = threading.Event(), threading.Event()

    def act_and_hold(db: Session) -> None:
        try:
            first(db)
            db.flush()
        finally:
            acted.set()
        coming.wait()
        time.sleep(0.1)

    def come(db: Session) -> None:
        acted.wait()
        coming.set()
        second(db)

    return together(act_and_hold, come)


def one_click(
    db: Session,
    now: datetime,
    *topics: Topic,
    address: str = KARI,
    channel: Channel = Channel.EMAIL,
) -> bool:
    about = list(topics) or None
    shown = Shown("List-Unsubscribe=One-Click", "en")
    return opt_out(db, VISITOR, channel, address, about, shown, Way.ONE_CLICK, now=now)


def receipts(of: UUID | None = None) -> list[MarketingReceipt]:
    with reading() as db:
        rows = db.exec(select(MarketingReceipt).order_by(col(MarketingReceipt.at))).all()
    return [row for row in rows if of is None or row.subject == trail.pseudonym("user", of)]


def told_to_write_to(now: datetime, topic: Topic = Topic.OFFERS) -> list[str]:
    with reading() as db:
        return written_to(db, now, topic)


def chosen() -> set[bool]:
    with reading() as db:
        return {row.chosen for row in db.exec(select(MarketingChoice))}


# A yes and a no


@pytest.mark.parametrize("order", ["yes commits first", "no commits first"])
def test_of_a_yes_and_a_later_no_the_no_holds_whichever_is_written_first(
    team: People, clock: datetime, order: str
) -> None:
    later = clock + timedelta(seconds=1)
    acts: list[Act] = [
        lambda db: choose(db, team.kari, clock, offers_email=True),
        lambda db: one_click(db, later, Topic.OFFERS),
    ]
    if order == "no commits first":
        acts.reverse()
    assert overlapping(*acts) == ["done", "done"]
    assert told_to_write_to(later) == []
    assert chosen() == {False}
    assert receipts(team.kari.user)[-1].decision == "no"


def test_no_that_is_written_last_holds_even_if_the_yes_was_clicked_after_it(
    team: People, clock: datetime
) -> None:
    later = clock + timedelta(seconds=1)
    outcomes = overlapping(
        lambda db: choose(db, team.kari, later, offers_email=True),
        lambda db: one_click(db, clock, Topic.OFFERS),
    )
    assert outcomes == ["done", "done"]
    assert told_to_write_to(later) == []


def test_yes_that_is_clicked_after_the_no_and_written_after_it_holds(
    team: People, clock: datetime
) -> None:
    later = clock + timedelta(seconds=1)
    outcomes = overlapping(
        lambda db: one_click(db, clock, Topic.OFFERS),
        lambda db: choose(db, team.kari, later, offers_email=True),
    )
    assert outcomes == ["done", "done"]
    assert told_to_write_to(later) == [KARI]


def test_no_yes_that_is_older_than_a_no_survives_any_race(team: People, clock: datetime) -> None:
    later = clock + timedelta(seconds=1)
    for actor, address in ((team.kari, KARI), (team.tor, TOR)):
        for topic in Topic:
            cell = {f"{topic.name.lower()}_email": True}
            acts: list[Act] = [
                lambda db, actor=actor, cell=cell: choose(db, actor, clock, **cell),
                lambda db, topic=topic, to=address: one_click(db, later, topic, address=to),
                lambda db, topic=topic, to=address: one_click(db, later, topic, address=to),
            ]
            assert together(*acts) == ["done"] * 3
            assert told_to_write_to(later, topic) == []


def test_yes_of_one_and_stop_of_the_other_on_a_shared_phone_never_wait_for_each_other(
    team: People, clock: datetime
) -> None:
    for number in range(ROUNDS):
        now = clock + timedelta(minutes=number)
        acts: list[Act] = [
            lambda db, now=now: choose(db, team.tor, now, offers_sms=True, surveys_sms=True),
            lambda db, now=now: stop_everything(db, team.kari, locale="en", now=now),
            lambda db, now=now: one_click(db, now, address=PHONE, channel=Channel.SMS),
        ]
        assert together(*acts) == ["done"] * 3
        with reading() as db:
            told = written_to(db, now, Topic.OFFERS, Channel.SMS)
        assert told in ([], [PHONE])  # in the order in which they were written


# The same no twice


@pytest.mark.parametrize("address", [KARI, "nobody@nordlys.example"])
def test_same_no_twice_at_once_leaves_one_receipt(
    team: People, clock: datetime, address: str
) -> None:
    for number in range(ROUNDS):
        before = len(receipts())
        about = list(Topic)[: number % 4 + 1] if number < 4 else []
        same: Act = lambda db, about=about: one_click(  # noqa: E731
            db, clock, *about, address=address
        )
        assert together(same, same, same) == ["done"] * 3
        assert len(receipts()) - before <= 1, "what was new, once"
    assert len(receipts()) == 5


def test_stop_everything_twice_at_once_leaves_one_receipt_for_each_person(
    team: People, clock: datetime
) -> None:
    acts: list[Act] = [
        lambda db, actor=actor: stop_everything(db, actor, locale="en", now=clock)
        for actor in (team.kari, team.tor, team.kari, team.tor)
    ]
    assert together(*acts) == ["done"] * 4
    assert len(receipts(team.kari.user)) == len(receipts(team.tor.user)) == 1
    assert len(receipts()) == 2


@pytest.mark.parametrize("overlap", [overlapping, together])
def test_two_who_name_the_topics_in_opposite_orders_never_wait_for_each_other(
    team: People, clock: datetime, overlap: Callable[..., list[str]]
) -> None:
    for number in range(ROUNDS):
        address = f"p{number}@nordlys.example"
        acts: list[Act] = [
            lambda db, topics=topics, address=address: one_click(
                db, clock, *topics, address=address
            )
            for topics in (list(Topic), list(reversed(Topic)))
        ]
        assert overlap(*acts) == ["done", "done"]
        assert len(receipts()) == (number + 1) * len(Topic)


def test_reports_of_many_in_opposite_orders_never_wait_for_each_other(
    database: str, clock: datetime
) -> None:
    """Neighbours share a phone, so that the order of addresses is not the order of people."""
    with transaction() as db:
        customer = add_customer(db, clock, number="1", name="Nordlys Bakeri AS")
        for number in range(20):
            user = User(
                email=f"p{number:02}@nordlys.example",
                name="P",
                phone=f"+47900001{19 - number // 2:02}",
                locale="en",
                created_at=clock,
            )
            db.add(user)
            db.flush()
            act(db, user, customer, Role.COLLEAGUE, clock)
    reports = [
        OptOutReport(channel="email", address=f"p{number:02}@nordlys.example", reason="stop")
        for number in range(40)  # half of them nobody's
    ] + [
        OptOutReport(channel="sms", address=f"+47900001{number:02}", reason="stop", topic=topic)
        for number in range(30)
        for topic in ("offers", "surveys")
    ]

    def report(these: Sequence[OptOutReport]) -> Act:
        return lambda db: take_reports(db, SENDER, these, now=clock)

    middle = [*reports[50:], *reports[:50]]
    acts = [report(reports), report(list(reversed(reports))), report(middle)]
    assert together(*acts) == ["done"] * 3
    written = len(receipts())
    assert together(*acts) == ["done"] * 3
    assert len(receipts()) == written


def test_imports_and_reports_about_addresses_that_nobody_has_never_wait_for_each_other(
    database: str, clock: datetime
) -> None:
    """However addresses are written, and in whatever order the rows of a file stand."""
    addresses = [f"{'P' if number % 2 else 'p'}{number:02}@berg.example" for number in range(40)]
    about = [(address, topic) for address in addresses for topic in Topic]
    rows = [
        {"channel": "email", "address": address, "topic": topic.value, "choice": "no"}
        for address, topic in about
    ]
    reports = [
        OptOutReport(channel="email", address=address, reason="stop", topic=topic.value)
        for address, topic in about
    ]
    files = [text(*rows).encode(), text(*reversed(rows)).encode()]
    acts: list[Act] = [
        lambda db, file=file: import_marketing(db, system("back office"), file, now=clock)
        for file in files
    ]
    assert together(*acts, lambda db: take_reports(db, SENDER, reports, now=clock)) == ["done"] * 3
    assert len(receipts()) == len(about)


# What becomes of the person meanwhile


def erase(db: Session, actor: Actor) -> None:
    db.execute(delete(User).where(col(User.id) == actor.user))


def take_off_the_team(db: Session, people: People, now: datetime) -> None:
    """Kari takes Tor off."""
    tor = db.exec(select(Member).where(col(Member.user_id) == people.tor.user)).one()
    remove_member(db, people.kari, tor.id, now=now)


def test_no_is_kept_that_comes_while_its_person_is_erased(team: People, clock: datetime) -> None:
    with transaction() as db:
        choose(db, team.kari, clock, offers_email=True)
    outcomes = overlapping(
        lambda db: erase(db, team.kari), lambda db: one_click(db, clock, Topic.OFFERS)
    )
    assert outcomes == ["done", "done"]
    with reading() as db:
        assert set(suppression.suppressions_of(db, Channel.EMAIL, KARI)) == {Topic.OFFERS}


def test_no_is_kept_that_comes_while_its_person_is_taken_off_the_team(
    team: People, clock: datetime
) -> None:
    with transaction() as db:
        choose(db, team.tor, clock, offers_email=True)
    outcomes = overlapping(
        lambda db: take_off_the_team(db, team, clock),
        lambda db: one_click(db, clock, address=TOR),
    )
    assert outcomes == ["done", "done"]
    with reading() as db:
        assert set(suppression.suppressions_of(db, Channel.EMAIL, TOR)) == set(Topic)
    assert chosen() == set()


def test_whoever_is_taken_off_the_team_waits_for_a_no_that_came_first(
    team: People, clock: datetime
) -> None:
    outcomes = overlapping(
        lambda db: one_click(db, clock, address=TOR),
        lambda db: take_off_the_team(db, team, clock),
    )
    assert outcomes == ["done", "done"]
    assert chosen() == set()


def test_whoever_saves_while_they_are_taken_off_the_team_is_refused(
    team: People, clock: datetime
) -> None:
    outcomes = overlapping(
        lambda db: take_off_the_team(db, team, clock),
        lambda db: choose(db, team.tor, clock, offers_email=True),
    )
    assert outcomes == ["done", "not-allowed"]
    assert receipts() == []


@pytest.mark.parametrize("first", ["the no", "the change"])
def test_no_to_a_number_that_is_being_changed_holds_for_it_and_goes_along_if_it_was_first(
    team: People, clock: datetime, first: str
) -> None:
    with transaction() as db:
        choose(db, team.kari, clock, offers_sms=True)
    new = "+4790000199"
    changes = ProfileChanges("Kari Nordli", new, "en")
    acts: list[Act] = [
        lambda db: one_click(db, clock, Topic.OFFERS, address=PHONE, channel=Channel.SMS),
        lambda db: change_profile(db, team.kari, changes, now=clock),
    ]
    if first == "the change":
        acts.reverse()
    assert overlapping(*acts) == ["done", "done"]
    numbers = [PHONE, new] if first == "the no" else [PHONE]
    with reading() as db:
        for number in numbers:
            assert Topic.OFFERS in suppression.suppressions_of(db, Channel.SMS, number)
            assert number not in written_to(db, clock, Topic.OFFERS, Channel.SMS)


# Our own mail


def waiting() -> list[OutboxMessage]:
    with reading() as db:
        return list(db.exec(select(OutboxMessage)))


def due(topic: Topic, now: datetime) -> list[Allowed]:
    with reading() as db:
        return [
            each
            for some in mailing.due(db, topic, period=quarter_of(now), now=now)
            for each in some
        ]


@pytest.fixture
def readers(team: People, clock: datetime) -> People:
    """Kari and Tor have both said yes to status reports and surveys."""
    with transaction() as db:
        for actor in (team.kari, team.tor):
            choose(db, actor, clock, status_reports_email=True, surveys_email=True)
    return team


def test_report_is_posted_once_by_two_workers_at_once(readers: People, clock: datetime) -> None:
    for number in range(ROUNDS):
        now = clock + timedelta(days=100 * number)
        people = due(Topic.STATUS_REPORTS, now)
        post: Act = lambda db, people=people, now=now: post_status_reports(  # noqa: E731
            db, people, now=now
        )
        assert together(post, post, post) == ["done"] * 3
        sent = [mail.recipient for mail in waiting() if mail.created_at == now]
        assert sorted(sent) == [KARI, TOR]


def test_question_is_put_once_by_two_workers_on_both_sides_of_midnight(
    readers: People, clock: datetime
) -> None:
    """Each has its list before the other has posted; the surveys are of different days."""
    late = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)  # in Oslo a minute before midnight
    acts: list[Act] = []
    for now in (late, late + timedelta(minutes=2)):
        with reading() as db:
            (people,) = surveyed(db, now=now)
        acts.append(lambda db, people=people, now=now: post_surveys(db, people, now=now))
    assert together(*acts) == ["done", "done"]
    assert sorted(mail.recipient for mail in waiting()) == [KARI, TOR]


@pytest.mark.parametrize("post", [post_status_reports, post_surveys])
def test_whoever_has_left_since_the_list_was_made_holds_up_nobody(
    readers: People, clock: datetime, post: Callable[..., int]
) -> None:
    topic = Topic.SURVEYS if post is post_surveys else Topic.STATUS_REPORTS
    people = due(topic, clock)
    outcomes = overlapping(
        lambda db: take_off_the_team(db, readers, clock),
        lambda db: post(db, people, now=clock),
    )
    assert outcomes == ["done", "done"]
    assert [mail.recipient for mail in waiting() if mail.topic] == [KARI]


def test_erasure_and_posting_never_wait_for_each_other(readers: People, clock: datetime) -> None:
    for number in range(ROUNDS):
        now = clock + timedelta(days=100 * number)
        with transaction() as db:
            customer = add_customer(db, now, number=f"3{number}", name="Kafé AS")
            user = User(email=f"p{number}@nordlys.example", name="P", locale="en", created_at=now)
            db.add(user)
            db.flush()
            actor = act(db, user, customer, Role.OWNER, now)
            choose(db, actor, now, status_reports_email=True)
        people = due(Topic.STATUS_REPORTS, now)
        outcomes = together(
            lambda db, actor=actor: erase(db, actor),
            lambda db, people=people, now=now: post_status_reports(db, people, now=now),
        )
        assert outcomes == ["done", "done"]


# Surveys


@pytest.fixture
def token(readers: People, clock: datetime) -> str:
    """That of the link which Tor got."""
    with transaction() as db:
        for people in surveyed(db, now=clock):
            post_surveys(db, people, now=clock)
    (mail,) = [mail for mail in waiting() if mail.recipient == TOR]
    return re.findall(r"/go/survey/([\w-]+)", Letter.opened(mail.body or "").text)[0]


@pytest.mark.parametrize("overlap", [overlapping, together])
def test_of_two_answers_at_once_one_is_kept(
    clock: datetime, token: str, overlap: Callable[..., list[str]]
) -> None:
    outcomes = overlap(
        lambda db: answer_survey(db, token, "5", "Good", now=clock),
        lambda db: answer_survey(db, token, "1", "Bad", now=clock),
    )
    assert sorted(outcomes) == ["done", "link-ended"]
    with reading() as db:
        (answer,) = db.exec(select(SurveyAnswer)).all()
    assert answer.score == (5 if outcomes[0] == "done" else 1)


@pytest.mark.parametrize("how", ["erased", "taken off the team"])
def test_answer_of_whoever_has_just_gone_finds_no_question(
    readers: People, clock: datetime, token: str, how: str
) -> None:
    def go(db: Session) -> None:
        if how == "erased":
            erase(db, readers.tor)
        else:
            take_off_the_team(db, readers, clock)

    outcomes = overlapping(go, lambda db: answer_survey(db, token, "3", "", now=clock))
    assert outcomes == ["done", "link-ended"]
