"""Choices that hold: never asked is no yes, a yes is narrow, a no is wide and for good."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.profile import ProfileChanges, change_profile
from portal.actor import Actor, Role
from portal.audit import trail
from portal.customers.models import Customer, Member
from portal.errors import InvalidValueError, NotAllowedError
from portal.marketing import moved_addresses  # noqa: F401 - brings a no along to a new address
from portal.marketing.choices import State, matrix, save_choices, stop_everything
from portal.marketing.models import (
    Basis,
    Channel,
    MarketingChoice,
    MarketingReceipt,
    Suppression,
    Topic,
    Way,
)
from portal.marketing.opt_outs import opt_out
from portal.marketing.pauses import pause_marketing, resume_marketing
from portal.marketing.receipts import Shown, receipts_of
from portal.marketing.wordings import CELLS
from tests.customers.people import People, act, add_customer
from tests.marketing.conftest import cell_of, choose, written_to

KARI = "kari@nordlys.example"


def state_of(db: Session, actor: Actor, now: datetime, name: str) -> State:
    cells = {(each.topic, each.channel): each for each in matrix(db, actor, now=now).cells}
    return cells[cell_of(name)].state


def receipts(db: Session) -> list[MarketingReceipt]:
    return list(db.exec(select(MarketingReceipt).order_by(col(MarketingReceipt.at))))


def test_nobody_was_asked_and_nobody_is_written_to(
    db: Session, people: People, clock: datetime
) -> None:
    cells = matrix(db, people.kari, now=clock).cells
    assert len(cells) == 8
    assert {each.state for each in cells} == {State.NEVER_ASKED}
    for topic in Topic:
        for channel in Channel:
            assert written_to(db, clock, topic, channel) == []


def test_yes_is_written_to_and_remembered_with_its_words(
    db: Session, people: People, clock: datetime
) -> None:
    assert choose(db, people.kari, clock, offers_email=True) == 1
    assert state_of(db, people.kari, clock, "offers_email") is State.ON
    assert written_to(db, clock) == [KARI]
    assert written_to(db, clock, Topic.INFORMATION) == []
    assert written_to(db, clock, Topic.OFFERS, Channel.SMS) == []
    (receipt,) = receipts(db)
    assert receipt.text.startswith("Offers by email. New alarms and services from SensorNordic")
    assert (receipt.locale, receipt.way, receipt.decision) == ("en", "portal", "yes")
    assert receipt.subject == receipt.actor == trail.pseudonym("user", people.kari.user)
    assert receipt.customer == trail.pseudonym("customer", people.nordlys)


def test_saving_twice_leaves_one_receipt(db: Session, people: People, clock: datetime) -> None:
    choose(db, people.kari, clock, offers_email=True)
    assert choose(db, people.kari, clock, offers_email=True) == 0
    assert len(receipts(db)) == 1


def test_one_member_s_yes_says_nothing_of_another(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    assert state_of(db, people.tor, clock, "offers_email") is State.NEVER_ASKED
    assert state_of(db, people.nils, clock, "offers_email") is State.NEVER_ASKED


def test_yes_counts_for_one_customer_and_no_for_all(
    db: Session, people: People, clock: datetime
) -> None:
    cafe = add_customer(db, clock, number="10009", name="Nordlys Kafé AS")
    kari = db.get_one(User, people.kari.user)
    at_cafe = act(db, kari, cafe, Role.OWNER, clock)
    choose(db, people.kari, clock, offers_email=True)
    assert state_of(db, at_cafe, clock, "offers_email") is State.NEVER_ASKED
    choose(db, at_cafe, clock, offers_email=True)
    assert written_to(db, clock) == [KARI], "each address once"
    choose(db, at_cafe, clock, offers_email=False)
    assert state_of(db, people.kari, clock, "offers_email") is State.OFF
    assert written_to(db, clock) == []
    choose(db, people.kari, clock, offers_email=True)
    assert state_of(db, at_cafe, clock, "offers_email") is State.OFF, "a yes revives no other"


def test_switch_that_was_left_alone_undoes_no_newer_no(
    db: Session, people: People, clock: datetime
) -> None:
    """Kari's page is open; meanwhile she stops offers by the link in a mail."""
    choose(db, people.kari, clock, offers_email=True)
    seen = dict.fromkeys(CELLS, False) | {cell_of("offers_email"): True}
    opt_out(
        db,
        people.kari,
        Channel.EMAIL,
        KARI,
        [Topic.OFFERS],
        Shown("x", "en"),
        Way.ONE_CLICK,
        now=clock,
    )
    wanted = seen | {cell_of("surveys_email"): True}
    assert save_choices(db, people.kari, wanted, seen, locale="en", now=clock) == 1
    assert state_of(db, people.kari, clock, "offers_email") is State.OFF
    assert state_of(db, people.kari, clock, "surveys_email") is State.ON


def test_stop_everything_holds_for_every_topic_and_leaves_one_receipt(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True, surveys_sms=True)
    before = len(receipts(db))
    assert stop_everything(db, people.kari, locale="nb", now=clock)
    assert not stop_everything(db, people.kari, locale="nb", now=clock)
    assert len(receipts(db)) == before + 1
    assert {each.state for each in matrix(db, people.kari, now=clock).cells} == {State.OFF}
    choose(db, people.kari, clock, offers_email=True)
    assert written_to(db, clock) == [KARI]
    assert written_to(db, clock, Topic.SURVEYS) == []


def test_pause_is_quiet_up_to_and_including_its_day(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    pause_marketing(db, people.kari, date(2026, 11, 30), locale="en", now=clock)
    assert matrix(db, people.kari, now=clock).paused_until == date(2026, 11, 30)
    assert written_to(db, clock) == []
    assert written_to(db, datetime.fromisoformat("2026-11-30T22:30Z")) == []
    assert written_to(db, datetime.fromisoformat("2026-11-30T23:30Z")) == [KARI], "midnight in Oslo"
    resume_marketing(db, people.kari, locale="en", now=clock)
    assert written_to(db, clock) == [KARI]
    assert [(each.decision, each.text) for each in receipts(db)][1:] == [
        ("pause", "Quiet up to and including: 30 November 2026"),
        ("resume", "End the pause"),
    ]


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (None, "quiet-required"),
        (date(2026, 11, 22), "quiet-past"),
        (date(2028, 1, 1), "quiet-far"),
    ],
)
def test_pause_that_cannot_be_is_refused(
    db: Session, people: People, clock: datetime, until: date | None, code: str
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        pause_marketing(db, people.kari, until, locale="en", now=clock)
    assert (refused.value.code, refused.value.field) == (code, "until")


# Legal bases


def test_basis_follows_country_kind_topic_and_channel(
    db: Session, people: People, clock: datetime
) -> None:
    def basis(actor: Actor, name: str) -> Basis:
        cells = matrix(db, actor, now=clock).cells
        return next(each.basis for each in cells if (each.topic, each.channel) == cell_of(name))

    assert basis(people.kari, "offers_email") is Basis.LEGITIMATE_INTEREST
    assert basis(people.kari, "offers_sms") is Basis.CONSENT
    assert basis(people.nils, "offers_email") is Basis.CONSENT
    assert basis(people.nils, "status_reports_email") is Basis.LEGITIMATE_INTEREST
    danish = add_customer(db, clock, number="30001", name="Bageri ApS", country="DK")
    kari = db.get_one(User, people.kari.user)
    at_danish = act(db, kari, danish, Role.OWNER, clock)
    assert basis(at_danish, "offers_email") is Basis.CONSENT, "Denmark protects businesses too"


def test_legitimate_interest_ends_with_the_contract_and_consent_does_not(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True, offers_sms=True)
    with_phone(db, people.kari)
    nordlys = db.get_one(Customer, people.nordlys)
    nordlys.contract_end = date(2026, 11, 23)
    db.add(nordlys)
    db.flush()
    assert written_to(db, clock) == [KARI], "the last day counts"
    tomorrow = clock + timedelta(days=1)
    assert written_to(db, tomorrow) == []
    assert written_to(db, tomorrow, Topic.OFFERS, Channel.SMS) == ["+4790000101"]
    cells = {(c.topic, c.channel): c for c in matrix(db, people.kari, now=tomorrow).cells}
    assert cells[cell_of("offers_email")].ended
    assert not cells[cell_of("offers_sms")].ended


# By construction


def test_alarm_contact_can_have_no_choice(db: Session, people: People, clock: datetime) -> None:
    """The row belongs to a membership: without one the database refuses it."""
    ola = User(email="ola@berg.example", name="Ola Berg", locale="nb", created_at=clock)
    db.add(ola)
    db.flush()
    choose(db, people.kari, clock, offers_email=True)
    receipt = receipts(db)[0]
    row = MarketingChoice(
        user_id=ola.id,
        customer_id=people.nordlys,
        topic="offers",
        channel="email",
        chosen=True,
        basis="consent",
        way="portal",
        at=clock,
        receipt_id=receipt.id,
    )
    with db.begin_nested() as step:
        db.add(row)
        with pytest.raises(IntegrityError):
            db.flush()
        step.rollback()
    contact = Actor(ola.id, "Ola Berg", "nb", is_contact=True, authenticated_at=clock)
    for act_on in (matrix, stop_everything):
        options = {} if act_on is matrix else {"locale": "nb"}
        with pytest.raises(NotAllowedError):
            act_on(db, contact, now=clock, **options)


def test_yes_without_a_receipt_cannot_be_written(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(delete(MarketingReceipt))


def test_receipt_is_never_changed(db: Session, people: People, clock: datetime) -> None:
    choose(db, people.kari, clock, offers_email=True)
    with pytest.raises(DBAPIError, match="never changed"), db.begin_nested():
        db.execute(text("UPDATE marketing_receipts SET decision = 'no'"))


def test_choices_go_with_the_membership_and_the_no_stays(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True, surveys_email=False)
    db.execute(delete(Member).where(col(Member.user_id) == people.kari.user))
    assert db.exec(select(MarketingChoice)).all() == []
    assert written_to(db, clock) == []
    assert len(db.exec(select(Suppression)).all()) == 1


# For good


def test_no_holds_after_the_person_is_erased_and_imported_again(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    choose(db, people.kari, clock, offers_email=False)
    db.execute(delete(User).where(col(User.id) == people.kari.user))
    again = User(email=KARI, name="Kari Nordli", locale="nb", created_at=clock)
    db.add(again)
    db.flush()
    nordlys = db.get_one(Customer, people.nordlys)
    kari = act(db, again, nordlys, Role.OWNER, clock)
    assert state_of(db, kari, clock, "offers_email") is State.OFF
    assert state_of(db, kari, clock, "surveys_email") is State.NEVER_ASKED
    assert receipts_of(db, kari) == ([], False), "the old receipts lead to nobody"


def test_suppression_holds_no_address(db: Session, people: People, clock: datetime) -> None:
    with_phone(db, people.kari)
    stop_everything(db, people.kari, locale="en", now=clock)
    for row in db.exec(select(Suppression)):
        said = str(row.model_dump())
        assert "kari" not in said
        assert "90000101" not in said


def test_no_follows_to_a_new_number(db: Session, people: People, clock: datetime) -> None:
    with_phone(db, people.kari)
    choose(db, people.kari, clock, offers_sms=True)
    choose(db, people.kari, clock, offers_sms=False)
    change_profile(
        db, people.kari, ProfileChanges("Kari Nordli", "+47 90 00 01 99", "en"), now=clock
    )
    db.execute(delete(MarketingChoice))  # as if the account were made anew
    assert state_of(db, people.kari, clock, "offers_sms") is State.OFF


def test_staff_are_written_to_by_nobody(db: Session, people: People, clock: datetime) -> None:
    choose(db, people.kari, clock, offers_email=True)
    kari = db.get_one(User, people.kari.user)
    kari.staff_role = "agent"
    db.add(kari)
    db.flush()
    assert written_to(db, clock) == []


def with_phone(db: Session, actor: Actor) -> None:
    user = db.get_one(User, actor.user)
    user.phone = "+4790000101"
    db.add(user)
    db.flush()
