"""Receipts are kept for as long as they prove what holds, and 36 months beyond."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal import jobs
from portal.accounts.models import User
from portal.accounts.sign_in import VISITOR
from portal.actor import Role
from portal.audit import trail
from portal.customers.models import Member
from portal.database import reading, transaction
from portal.datamap import PERIODS, Retention
from portal.marketing.choices import State, matrix, stop_everything
from portal.marketing.models import Channel, MarketingChoice, MarketingReceipt, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.pauses import pause_marketing, resume_marketing
from portal.marketing.receipts import Shown, forget_replaced
from tests.customers.people import People, act, add_customer, add_people
from tests.marketing.conftest import choose, written_to

KARI = "kari@nordlys.example"
PERIOD = PERIODS[Retention.CHOICE_REPLACED]
DAY = timedelta(days=1)
Told = list[tuple[str, str, str]]


@pytest.fixture
def team(database: str, clock: datetime) -> People:
    with transaction() as db:
        return add_people(db, clock)


def kept() -> Told:
    """Topic, channel and decision of the receipts that are there, the oldest first."""
    with reading() as db:
        rows = db.exec(select(MarketingReceipt).order_by(col(MarketingReceipt.at))).all()
    return [(row.topic, row.channel, row.decision) for row in rows]


def forget(now: datetime) -> int:
    return jobs.forget_replaced_receipts(now)


def test_period_is_36_months() -> None:
    assert timedelta(days=3 * 365) <= PERIOD <= timedelta(days=3 * 365 + 1)


@pytest.mark.parametrize("on", [True, False])
def test_receipt_on_which_a_choice_stands_is_kept_however_old_it_is(
    team: People, clock: datetime, on: bool
) -> None:
    with transaction() as db:
        choose(db, team.kari, clock, offers_email=on)
    assert forget(clock + timedelta(days=365 * 30)) == 0
    assert kept() == [("offers", "email", "yes" if on else "no")]


def test_replaced_receipt_goes_36_months_after_the_choice_that_took_its_place(
    team: People, clock: datetime
) -> None:
    replaced = clock + timedelta(days=400)
    with transaction() as db:
        choose(db, team.kari, clock, offers_email=True)
        choose(db, team.kari, replaced, offers_email=False)
    assert forget(replaced + PERIOD) == 0
    assert forget(replaced + PERIOD + DAY) == 1
    assert kept() == [("offers", "email", "no")]
    with reading() as db:
        assert matrix(db, team.kari, now=replaced).cells[0].state is State.OFF


def test_twice_is_once(team: People, clock: datetime) -> None:
    with transaction() as db:
        for number in range(6):
            choose(db, team.kari, clock + number * DAY, offers_email=number % 2 == 0)
    late = clock + PERIOD + 30 * DAY
    assert forget(late) == 5
    assert forget(late) == 0
    assert kept() == [("offers", "email", "no")]


def test_many_go_some_at_a_time(
    team: People, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    with transaction() as db:
        for number in range(6):
            choose(db, team.kari, clock + number * DAY, offers_email=number % 2 == 0)
    late = clock + PERIOD + 30 * DAY
    with transaction() as db:
        assert forget_replaced(db, before=late - PERIOD, limit=3) == 3
    assert forget(late) == 2
    assert kept() == [("offers", "email", "no")]


def test_choice_replaces_no_other_one(team: People, clock: datetime) -> None:
    """Neither of another topic or channel, nor of somebody else."""
    with transaction() as db:
        choose(db, team.kari, clock, offers_email=True)
        choose(db, team.kari, clock + DAY, offers_sms=False, surveys_email=False)
        choose(db, team.tor, clock + DAY, offers_email=False)
    assert forget(clock + 2 * PERIOD) == 0


def test_stop_of_everything_replaces_every_answer_and_no_pause(
    team: People, clock: datetime
) -> None:
    with transaction() as db:
        pause_marketing(db, team.kari, date(2026, 12, 24), locale="en", now=clock)
        choose(db, team.kari, clock, offers_email=True, surveys_sms=False)
        stop_everything(db, team.kari, locale="en", now=clock + DAY)
    assert forget(clock + PERIOD + 2 * DAY) == 2
    assert sorted(kept()) == [("all", "all", "no"), ("all", "all", "pause")]


def test_answer_to_one_topic_replaces_no_stop_of_everything(team: People, clock: datetime) -> None:
    with transaction() as db:
        stop_everything(db, team.kari, locale="en", now=clock)
        cells = {f"{t.name.lower()}_{c.value}": True for t in Topic for c in Channel}
        choose(db, team.kari, clock + DAY, **cells)
        db.execute(delete(MarketingChoice))  # so that nothing stands on it
    assert forget(clock + 2 * PERIOD) == 0
    assert ("all", "all", "no") in kept()


@pytest.mark.parametrize("on", [True, False])
def test_pause_replaces_no_answer(team: People, clock: datetime, on: bool) -> None:
    with transaction() as db:
        choose(db, team.kari, clock, offers_email=on)
        db.execute(delete(MarketingChoice))
        pause_marketing(db, team.kari, date(2026, 12, 24), locale="en", now=clock + DAY)
        resume_marketing(db, team.kari, locale="en", now=clock + 2 * DAY)
    assert forget(clock + 2 * PERIOD) == 1, "the pause, which the end of it replaced"
    assert kept() == [("offers", "email", "yes" if on else "no"), ("all", "all", "resume")]


def test_yes_for_one_customer_outlives_a_later_yes_for_another(
    team: People, clock: datetime
) -> None:
    with transaction() as db:
        kari = db.get_one(User, team.kari.user)
        cafe = add_customer(db, clock, number="10009", name="Nordlys Kafé AS")
        at_cafe = act(db, kari, cafe, Role.OWNER, clock)
        choose(db, team.kari, clock, offers_email=True)
        choose(db, at_cafe, clock + DAY, offers_email=True)
    late = clock + 2 * PERIOD
    assert forget(late) == 0
    with transaction() as db:
        member = col(Member.customer_id) == at_cafe.customer_id
        db.execute(delete(Member).where(member))
    assert forget(late) == 0
    with reading() as db:
        assert written_to(db, late) == [KARI]


def test_receipt_of_an_address_that_nobody_has_is_replaced_like_any_other(
    database: str, clock: datetime
) -> None:
    def no(db: Session, now: datetime, *topics: Topic) -> None:
        about, shown = topics or None, Shown("STOP", "en")
        opt_out(db, VISITOR, Channel.SMS, "+4790000101", about, shown, Way.STOP, now=now)

    with transaction() as db:
        no(db, clock, Topic.OFFERS)
        no(db, clock + DAY)
    assert forget(clock + PERIOD + 2 * DAY) == 1
    assert kept() == [("all", "sms", "no")]


def test_trail_is_whole_after_receipts_have_gone(team: People, clock: datetime) -> None:
    with transaction() as db:
        choose(db, team.kari, clock, offers_email=True)
        choose(db, team.kari, clock + DAY, offers_email=False)
    assert forget(clock + PERIOD + 2 * DAY) == 1
    with reading() as db:
        found = trail.verify(db)
    assert (found.whole, found.entries) == (True, 2)
