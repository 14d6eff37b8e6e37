"""Data requests of people without an account: confirmed by a mailed link, or by calling back."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal.accounts.sign_in import VISITOR
from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.database import transaction
from portal.datamap import PERIODS, Retention
from portal.errors import InvalidFieldsError, InvalidValueError, NotFoundError
from portal.privacy import public_requests
from portal.privacy.cases import RequestStatus
from portal.privacy.limits import (
    CALLS_PER_NUMBER,
    LINK_LIFE,
    MAIL_PER_RECIPIENT,
    MAILS_ABOUT_CALLS,
    TOLD_AGAIN,
)
from portal.privacy.models import DataRequest, RequestKind, Verification
from portal.privacy.public_requests import (
    AlreadyConfirmedError,
    Asked,
    ConfirmationEndedError,
)
from portal.privacy.request_answers import (
    ClosedMeanwhileError,
    NotConfirmedYetError,
    answer_request,
    answered_requests,
    close_unconfirmed,
    confirm_by_call_back,
    due_requests,
    extend_request,
    read_request,
)
from portal.privacy.requests import open_request, own_requests
from portal.privacy.restriction import restrict
from portal.privacy.retention import run_out
from tests.customers.people import People
from tests.privacy.conftest import Staff, mails, text_of

IDA = Asked(name="Ida Strand", email="ida@strand.example", kind="access", words="All of it.")
BY_PHONE = Asked(name="Ida Strand", phone="900 00 200", kind="erase")


def ask(db: Session, now: datetime, asked: Asked = IDA, locale: str = "en") -> Verification:
    return public_requests.ask(db, VISITOR, asked, locale=locale, now=now)


def token_for(db: Session, recipient: str = IDA.email) -> str:
    """The token of the newest link that was mailed there."""
    mail = mails(db, kind="data-request-verify", recipient=recipient)[-1]
    return re.findall(r"/go/data-request/([\w-]+)", text_of(mail))[0]


def confirm(db: Session, token: str, now: datetime) -> public_requests.Unconfirmed:
    return public_requests.confirm(db, VISITOR, token, now=now)


def the_request(db: Session) -> DataRequest:
    return db.exec(select(DataRequest)).one()


def test_request_counts_from_receipt_once_its_link_is_used(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    assert ask(db, clock) is Verification.MAIL
    assert due_requests(db, staff.aud, now=clock) == []
    assert mails(db, kind="data-request-lead") == []
    confirmed = confirm(db, token_for(db), clock + timedelta(days=6))
    assert confirmed.due_on == date(2026, 12, 23)
    (listed,) = due_requests(db, staff.aud, now=clock)
    assert (listed.name, listed.due_on) == ("Ida Strand", date(2026, 12, 23))
    (mail,) = mails(db, kind="data-request-received")
    assert mail.recipient == IDA.email
    assert "See your requests" not in text_of(mail), "there is no page without an account"
    assert len(mails(db, kind="data-request-lead")) == 1


def test_mail_to_an_unconfirmed_address_says_nothing_that_a_stranger_typed(
    db: Session, people: People, clock: datetime
) -> None:
    ask(db, clock, Asked(name="Evil Offer", email=IDA.email, kind="other", words="Buy now"))
    (mail,) = mails(db)
    assert "Evil" not in text_of(mail)
    assert "Buy" not in text_of(mail)


def test_opening_a_link_changes_nothing(db: Session, people: People, clock: datetime) -> None:
    ask(db, clock)
    for _ in range(3):
        found = public_requests.open_confirmation(db, token_for(db), now=clock)
        assert (found.kind, found.received_on) == (RequestKind.ACCESS, date(2026, 11, 23))
    assert the_request(db).verified_at is None


def test_link_works_once(db: Session, people: People, clock: datetime) -> None:
    ask(db, clock)
    confirm(db, token_for(db), clock)
    with pytest.raises(AlreadyConfirmedError):
        confirm(db, token_for(db), clock)
    with pytest.raises(AlreadyConfirmedError):
        public_requests.open_confirmation(db, token_for(db), now=clock)
    assert the_request(db).verified_at == clock
    assert len(mails(db, kind="data-request-received")) == 1


@pytest.mark.parametrize(("seconds", "told"), [(0, True), (-1, True), (1, False)])
def test_what_was_confirmed_is_told_for_half_an_hour(
    db: Session, people: People, clock: datetime, seconds: int, told: bool
) -> None:
    ask(db, clock)
    token = token_for(db)
    with pytest.raises(ConfirmationEndedError):
        public_requests.just_confirmed(db, token, now=clock)
    done = confirm(db, token, clock)
    then = clock + TOLD_AGAIN - timedelta(seconds=1) + timedelta(seconds=seconds)
    if told:
        assert public_requests.just_confirmed(db, token, now=then) == done
        return
    with pytest.raises(AlreadyConfirmedError):
        public_requests.just_confirmed(db, token, now=then)


@pytest.mark.parametrize(("seconds", "works"), [(-1, True), (0, False), (1, False)])
def test_link_ends_after_a_week(
    db: Session, people: People, clock: datetime, seconds: int, works: bool
) -> None:
    ask(db, clock)
    then = clock + LINK_LIFE + timedelta(seconds=seconds)
    if works:
        assert confirm(db, token_for(db), then)
        return
    with pytest.raises(ConfirmationEndedError):
        confirm(db, token_for(db), then)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 43])
def test_unknown_link_is_refused(db: Session, people: People, clock: datetime, token: str) -> None:
    ask(db, clock)
    with pytest.raises(ConfirmationEndedError):
        confirm(db, token, clock)
    with pytest.raises(ConfirmationEndedError):
        public_requests.just_confirmed(db, token, now=clock)


def test_database_keeps_no_token(db: Session, people: People, clock: datetime) -> None:
    ask(db, clock)
    token = token_for(db)
    assert token not in str(the_request(db).model_dump())


def test_known_and_unknown_addresses_are_answered_alike(
    db: Session, people: People, clock: datetime
) -> None:
    known = Asked(name="Kari", email="kari@nordlys.example", kind="access")
    unknown = Asked(name="Kari", email="nobody@nordlys.example", kind="access")
    assert ask(db, clock, known) is ask(db, clock, unknown)
    first, second = mails(db, kind="data-request-verify")
    hide = re.compile(r"/go/data-request/[\w-]+")
    assert hide.sub("", text_of(first)) == hide.sub("", text_of(second))
    assert (first.user_id, second.user_id) == (None, None)
    rows = db.exec(select(DataRequest)).all()
    assert {row.user_id for row in rows} == {None}, "before the link is used nobody has it"


def test_whoever_has_the_mailbox_finds_the_request_in_their_account(
    db: Session, people: People, clock: datetime
) -> None:
    ask(db, clock, Asked(name="K. Nordli", email="Kari@Nordlys.example", kind="access"))
    assert own_requests(db, people.kari) == []
    confirm(db, token_for(db, "Kari@nordlys.example"), clock)
    (own,) = own_requests(db, people.kari)
    assert own.kind is RequestKind.ACCESS
    assert own_requests(db, people.tor) == []


def test_staff_account_is_not_bound_to_a_request(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    ask(db, clock, Asked(name="Siri", email="siri@support.example", kind="restrict"))
    confirm(db, token_for(db, "siri@support.example"), clock)
    assert the_request(db).user_id is None
    with pytest.raises(NotFoundError):
        restrict(db, staff.aud, the_request(db).id, now=clock)


def test_nobody_s_mailbox_is_flooded(db: Session, people: People, clock: datetime) -> None:
    for _ in range(MAIL_PER_RECIPIENT.times + 2):
        assert ask(db, clock) is Verification.MAIL
    assert len(mails(db, kind="data-request-verify")) == MAIL_PER_RECIPIENT.times
    assert len(db.exec(select(DataRequest)).all()) == MAIL_PER_RECIPIENT.times


def test_nobody_s_phone_rings_all_day(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    for written in ("900 00 200", "+4790000200", "90000200", "0047 900 00 200", "900 00 200"):
        asked = Asked(name="Ida", phone=written, kind="erase")
        assert ask(db, clock, asked) is Verification.CALL_BACK, "the same answer"
    assert len(due_requests(db, staff.aud, now=clock)) == CALLS_PER_NUMBER.times
    assert len(mails(db)) == CALLS_PER_NUMBER.times
    ask(db, clock, Asked(name="Per", phone="900 00 201", kind="erase"))
    assert len(due_requests(db, staff.aud, now=clock)) == CALLS_PER_NUMBER.times + 1


def test_leads_are_not_flooded_with_mail_and_see_everything_in_their_list(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    for number in range(MAILS_ABOUT_CALLS.times + 3):
        ask(db, clock, Asked(name="Ida", phone=f"900 00 {200 + number}", kind="erase"))
    assert len(mails(db, kind="data-request-lead")) == MAILS_ABOUT_CALLS.times
    assert len(due_requests(db, staff.aud, now=clock)) == MAILS_ABOUT_CALLS.times + 3
    ask(db, clock)
    confirm(db, token_for(db), clock)
    told = len(mails(db, kind="data-request-lead"))
    assert told == MAILS_ABOUT_CALLS.times + 1, "of whoever has confirmed they learn as ever"


def test_who_gives_only_a_number_is_called_back(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    assert ask(db, clock, BY_PHONE, locale="nb") is Verification.CALL_BACK
    (listed,) = due_requests(db, staff.aud, now=clock)
    assert listed.status is RequestStatus.TO_CALL_BACK
    (mail,) = mails(db)
    assert (mail.kind, mail.recipient) == ("data-request-lead", "aud@support.example")
    assert "Call back first" in text_of(mail)
    confirm_by_call_back(db, staff.aud, listed.id, now=clock + timedelta(days=2))
    case = read_request(db, staff.aud, listed.id, now=clock)
    assert (case.phone, case.verified_by) == ("+4790000200", Verification.CALL_BACK)
    assert case.listed.due_on == date(2026, 12, 23), "from receipt, not from the call"
    confirm_by_call_back(db, staff.aud, listed.id, now=clock + timedelta(days=3))
    assert the_request(db).verified_at == clock + timedelta(days=2), "twice is once"


def test_nobody_is_answered_before_the_call(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    ask(db, clock, BY_PHONE)
    request = the_request(db)
    with pytest.raises(NotConfirmedYetError):
        answer_request(db, staff.aud, request.id, "All of it.", now=clock)
    with pytest.raises(NotConfirmedYetError):
        extend_request(db, staff.aud, request.id, "1", "Many files.", now=clock)
    with pytest.raises(NotFoundError):
        restrict(db, staff.aud, request.id, now=clock)
    assert (request.answer, request.extended_until) == ("", None)


def test_who_is_not_reached_does_not_wait_for_ever(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    ask(db, clock, BY_PHONE)
    request = the_request(db)
    told = len(mails(db))
    for _click in range(2):
        close_unconfirmed(db, staff.aud, request.id, "Called on three days.", now=clock)
    assert due_requests(db, staff.aud, now=clock) == []
    (listed,) = answered_requests(db, staff.aud, now=clock)
    assert listed.status is RequestStatus.CLOSED
    assert read_request(db, staff.aud, request.id, now=clock).answer == "Called on three days."
    assert len(mails(db)) == told, "nobody is told"
    events = [entry.event for entry in db.info["audit entries waiting for the commit"]]
    assert events.count("data request closed") == 1
    with pytest.raises(ClosedMeanwhileError):
        confirm_by_call_back(db, staff.aud, request.id, now=clock)
    with pytest.raises(ClosedMeanwhileError):
        answer_request(db, staff.aud, request.id, "All of it.", now=clock)


@pytest.mark.parametrize("ending", ["", " \n ", "x" * 1001])
def test_closing_says_what_was_tried(
    db: Session, people: People, staff: Staff, clock: datetime, ending: str
) -> None:
    ask(db, clock, BY_PHONE)
    with pytest.raises(InvalidValueError) as refused:
        close_unconfirmed(db, staff.aud, the_request(db).id, ending, now=clock)
    assert refused.value.field == "ending"
    assert the_request(db).answered_at is None


def test_only_who_is_to_be_called_back_can_be_given_up(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    ask(db, clock, BY_PHONE)
    called = the_request(db)
    confirm_by_call_back(db, staff.aud, called.id, now=clock)
    with pytest.raises(ClosedMeanwhileError):
        close_unconfirmed(db, staff.aud, called.id, "Not theirs.", now=clock)
    own = open_request(db, people.kari, "erase", "", now=clock)
    with pytest.raises(NotFoundError):
        close_unconfirmed(db, staff.aud, own.id, "Not theirs.", now=clock)
    assert (called.answered_at, own.answered_at) == (None, None)


def test_who_has_no_mail_is_answered_otherwise_and_the_page_knows(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    ask(db, clock, BY_PHONE)
    request = the_request(db)
    confirm_by_call_back(db, staff.aud, request.id, now=clock)
    assert not answer_request(db, staff.aud, request.id, "Told by phone.", now=clock)
    assert mails(db, kind="data-request-answered") == []
    assert request.answer == "Told by phone."


def test_unconfirmed_request_is_nobody_s_business(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    ask(db, clock)
    request = the_request(db)
    with pytest.raises(NotFoundError):
        read_request(db, staff.aud, request.id, now=clock)
    with pytest.raises(NotFoundError):
        confirm_by_call_back(db, staff.aud, request.id, now=clock)
    with pytest.raises(NotFoundError):
        answer_request(db, staff.aud, request.id, "x", now=clock)
    with pytest.raises(NotFoundError):
        close_unconfirmed(db, staff.aud, request.id, "x", now=clock)


def test_phone_number_is_one_of_the_writer_s_country(
    db: Session, people: People, clock: datetime
) -> None:
    ask(db, clock, Asked(name="Ida", phone="070-174 06 05", kind="access"), locale="sv")
    assert the_request(db).phone == "+46701740605"


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        (Asked(name="", kind=""), {"name", "email", "kind"}),
        (Asked(name="Ida", kind="access"), {"email"}),
        (Asked(name="Ida", email="ida@", kind="access"), {"email"}),
        (Asked(name="Ida", email="ida", phone="12", kind="access"), {"email", "phone"}),
        (Asked(name="Ida", phone="12", kind="access"), {"phone"}),
        (Asked(name="Ida", email=IDA.email, kind="no such right"), {"kind"}),
        (Asked(name="Ida", email=IDA.email, kind="rectify"), {"words"}),
        (Asked(name="Ida", email=IDA.email, kind="access", words="x" * 4001), {"words"}),
        (Asked(name="Ida 01019012480", email=IDA.email, kind="access"), {"name"}),
        (Asked(name="Ida", email=IDA.email, kind="other", words="I am 010190 12480."), {"words"}),
        (Asked(name="x" * 121, email=IDA.email, kind="access"), {"name"}),
    ],
)
def test_request_that_cannot_be_is_explained_field_by_field(
    db: Session, people: People, clock: datetime, asked: Asked, wrong: set[str]
) -> None:
    with pytest.raises(InvalidFieldsError) as refused:
        ask(db, clock, asked)
    assert set(refused.value.fields) == wrong
    assert db.exec(select(DataRequest)).all() == []
    assert mails(db) == []


def test_every_step_is_in_the_trail(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    ask(db, clock)
    confirm(db, token_for(db), clock)
    opened, confirmed = db.info["audit entries waiting for the commit"]
    assert (opened.event, opened.details["by"]) == (AuditEvent.DATA_REQUEST_OPENED.value, "mail")
    assert confirmed.event == AuditEvent.DATA_REQUEST_CONFIRMED.value


def test_request_that_nobody_confirmed_is_forgotten(database: str, clock: datetime) -> None:
    with transaction() as db:
        ask(db, clock)
        ask(db, clock, Asked(name="Per", email="per@strand.example", kind="access"))
        confirm(db, token_for(db, "per@strand.example"), clock)
        ask(db, clock, BY_PHONE)
    over = clock + LINK_LIFE + PERIODS[Retention.LINK_END]
    assert run_out(over).rows == 0
    assert run_out(over + timedelta(seconds=1)).rows == 1
    with transaction() as db:
        kept = {row.name for row in db.exec(select(DataRequest))}
    assert kept == {"Per", "Ida Strand"}, "who is to be called back waits for the call"


def test_another_s_id_is_no_way_to_a_request(
    db: Session, people: People, ola: Actor, clock: datetime
) -> None:
    ask(db, clock)
    with pytest.raises(ConfirmationEndedError):
        confirm(db, str(uuid4()), clock)
    assert own_requests(db, ola) == []
