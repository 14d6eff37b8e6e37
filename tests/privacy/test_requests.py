"""Data requests of people with an account, and how they are answered."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.actor import Actor
from portal.audit.models import AuditEntry
from portal.contacts.models import AlarmContact
from portal.customers.models import Customer
from portal.database import transaction
from portal.datamap import PERIODS, Retention
from portal.errors import InvalidFieldsError, InvalidValueError, NotAllowedError, NotFoundError
from portal.marketing.models import Channel, MarketingReceipt, Topic
from portal.privacy.cases import RequestStatus
from portal.privacy.limits import OPEN_PER_PERSON
from portal.privacy.models import DataRequest, RequestKind, Verification
from portal.privacy.request_answers import (
    LONGEST_ANSWER,
    ClosedMeanwhileError,
    NotExtendableError,
    answer_request,
    answered_requests,
    close_unconfirmed,
    confirm_by_call_back,
    due_requests,
    extend_request,
    read_request,
    remind_leads,
)
from portal.privacy.requests import (
    LONGEST_WORDS,
    TooManyRequestsError,
    object_to_surveys,
    open_request,
    own_requests,
    own_standing,
)
from portal.privacy.restriction import NOTICE, end_restriction, restrict
from portal.privacy.retention import run_out
from tests.customers.people import People, add_people
from tests.marketing.conftest import choose, written_to
from tests.privacy.conftest import Staff, add_staff, mails, text_of, user_of

WRONG = "My name is spelled Nordlie on the invoices."


def asked(db: Session, actor: Actor, now: datetime, kind: str = "rectify", words: str = WRONG):
    return open_request(db, actor, kind, words, now=now)


def audited(db: Session) -> list[str]:
    """The events that will be in the trail, in order."""
    return [entry.event for entry in db.info["audit entries waiting for the commit"]]


# Asking


def test_request_is_received_with_its_deadline_in_words(
    db: Session, people: People, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    assert request.due_on == date(2026, 12, 23)
    (own,) = own_requests(db, people.kari)
    assert (own.kind, own.words) == (RequestKind.RECTIFY, WRONG)
    assert (own.received_on, own.due_on) == (date(2026, 11, 23), date(2026, 12, 23))
    (mail,) = mails(db, kind="data-request-received")
    assert mail.recipient == "kari@nordlys.example"
    assert "by 23 December 2026 at the latest" in text_of(mail)


def test_day_of_receipt_is_that_of_norway(db: Session, people: People) -> None:
    before_midnight_in_london = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    request = asked(db, people.kari, before_midnight_in_london)
    assert request.due_on == date(2027, 1, 4), "received on 1 December: New Year's Day is a Friday"


def test_leads_learn_of_a_request_and_nothing_of_its_words(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    asked(db, people.kari, clock)
    (mail,) = mails(db, kind="data-request-lead")
    assert mail.recipient == "aud@support.example"
    assert "Nordli" not in text_of(mail)
    assert "23 December 2026" in text_of(mail)


def test_double_click_opens_one_request(db: Session, people: People, clock: datetime) -> None:
    first = asked(db, people.kari, clock)
    assert asked(db, people.kari, clock + timedelta(seconds=1)).id == first.id
    assert len(mails(db, kind="data-request-received")) == 1
    other = asked(db, people.kari, clock, words="My phone number is wrong, too.")
    assert other.id != first.id


def test_nobody_opens_more_requests_than_can_wait(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    waiting = [
        asked(db, people.kari, clock, words=f"Number {number}") for number in range(OPEN_PER_PERSON)
    ]
    with pytest.raises(TooManyRequestsError):
        asked(db, people.kari, clock)
    asked(db, people.tor, clock)
    answer_request(db, staff.aud, waiting[0].id, "Done.", now=clock)
    asked(db, people.kari, clock)


@pytest.mark.parametrize(
    ("kind", "words", "code", "field"),
    [
        ("", WRONG, "request-kind-required", "kind"),
        ("everything", WRONG, "request-kind-required", "kind"),
        ("rectify", " \n\t ", "request-words-required", "words"),
        ("object", "", "request-words-required", "words"),
        ("other", "\u200b", "request-words-required", "words"),
        ("access", "x" * (LONGEST_WORDS + 1), "text-too-long", "words"),
        ("access", "I was born as 010190 12480", "identity-number-in-words", "words"),
    ],
)
def test_request_that_cannot_be_is_explained(
    db: Session, people: People, clock: datetime, kind: str, words: str, code: str, field: str
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        asked(db, people.kari, clock, kind, words)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("kind", ["access", "erase", "restrict", "portability", "object to prices"])
def test_rights_that_need_no_reason_ask_for_none(
    db: Session, people: People, clock: datetime, kind: str
) -> None:
    assert asked(db, people.kari, clock, kind, "").words == ""


def test_words_keep_their_paragraphs(db: Session, people: People, clock: datetime) -> None:
    request = asked(db, people.kari, clock, words="  One \r\n\r\n\r\n\r\nTwo\x00 \n three ")
    assert request.words == "One\n\nTwo\nthree"


def test_alarm_contact_is_offered_only_what_applies(
    db: Session, people: People, ola: Actor, clock: datetime
) -> None:
    kinds = own_standing(db, ola, now=clock).kinds
    assert set(RequestKind) - set(kinds) == {RequestKind.PORTABILITY, RequestKind.OBJECT_PRICES}
    for kind in ("portability", "object to prices"):
        with pytest.raises(InvalidValueError) as refused:
            asked(db, ola, clock, kind)
        assert refused.value.code == "request-kind-required"
    with pytest.raises(NotAllowedError):
        object_to_surveys(db, ola, locale="en", now=clock)
    assert asked(db, ola, clock, "object").user_id == ola.user


def test_staff_do_not_ask_by_the_portal(db: Session, staff: Staff, clock: datetime) -> None:
    for actor in (staff.siri, staff.aud):
        with pytest.raises(NotAllowedError):
            asked(db, actor, clock)
        with pytest.raises(NotAllowedError):
            own_requests(db, actor)


def test_nobody_sees_the_requests_of_somebody_else(
    db: Session, people: People, clock: datetime
) -> None:
    asked(db, people.kari, clock)
    assert own_requests(db, people.tor) == []
    assert own_requests(db, people.nils) == []


# Objecting


def test_objection_to_surveys_is_carried_out_at_once_and_proven(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, surveys_email=True, surveys_sms=True, offers_email=True)
    assert object_to_surveys(db, people.kari, locale="en", now=clock)
    assert written_to(db, clock, Topic.SURVEYS) == []
    assert written_to(db, clock, Topic.SURVEYS, Channel.SMS) == []
    assert written_to(db, clock, Topic.OFFERS) == ["kari@nordlys.example"]
    newest = db.exec(select(MarketingReceipt).order_by(col(MarketingReceipt.id).desc())).all()
    (receipt,) = [each for each in newest if each.decision == "no"]
    assert (receipt.topic, receipt.text, receipt.way) == ("surveys", "Send me no surveys", "portal")
    assert not object_to_surveys(db, people.kari, locale="en", now=clock), "twice is once"
    assert own_requests(db, people.kari) == [], "nothing is left to answer"


def test_own_price_category_is_shown_to_whoever_may_see_it(
    db: Session, people: People, clock: datetime
) -> None:
    customer = db.get_one(Customer, people.nordlys)
    customer.products, customer.contract_start = ["Alarm Pro"], date(2025, 3, 1)
    customer.contract_end, customer.customer_since = date(2028, 2, 29), date(2019, 5, 2)
    db.add(customer)
    db.flush()
    category = own_standing(db, people.kari, now=clock).category
    assert category is not None
    assert category.products == ("Alarm Pro",)
    assert category.contract_start == date(2025, 3, 1)
    assert category.contract_end == date(2028, 2, 29)
    assert category.customer_since == date(2019, 5, 2)
    assert own_standing(db, people.tor, now=clock).category is None, "a colleague sees no contract"
    assert asked(db, people.tor, clock, "object to prices", "").customer_id == people.nordlys


# The list of the leads


def test_most_urgent_request_comes_first(
    db: Session, people: People, ola: Actor, staff: Staff, clock: datetime
) -> None:
    later = asked(db, people.kari, clock)
    sooner = asked(db, ola, clock - timedelta(days=20))
    extended = asked(db, people.nils, clock - timedelta(days=25))
    extend_request(db, staff.aud, extended.id, "2", "Many people.", now=clock)
    listed = due_requests(db, staff.aud, now=clock)
    assert [each.id for each in listed] == [sooner.id, later.id, extended.id]
    assert [each.days_left for each in listed] == [10, 30, 67]
    assert [each.extended for each in listed] == [False, False, True]
    assert [each.customer for each in listed] == ["", "Nordlys Bakeri AS", "Holm Rør ENK"]


def test_overdue_request_says_by_how_many_days(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    now = datetime(2026, 12, 25, 12, tzinfo=UTC)
    (listed,) = due_requests(db, staff.aud, now=now)
    assert (listed.id, listed.days_left) == (request.id, -2)


ATTEMPTS: dict[str, Callable[[Session, Actor, UUID, datetime], object]] = {
    "list": lambda db, actor, _id, now: due_requests(db, actor, now=now),
    "list answered": lambda db, actor, _id, now: answered_requests(db, actor, now=now),
    "read": lambda db, actor, id, now: read_request(db, actor, id, now=now),
    "answer": lambda db, actor, id, now: answer_request(db, actor, id, "x", now=now),
    "extend": lambda db, actor, id, now: extend_request(db, actor, id, "1", "x", now=now),
    "close": lambda db, actor, id, now: close_unconfirmed(db, actor, id, "x", now=now),
    "call back": lambda db, actor, id, now: confirm_by_call_back(db, actor, id, now=now),
    "restrict": lambda db, actor, id, now: restrict(db, actor, id, now=now),
    "end restriction": lambda db, actor, id, now: end_restriction(db, actor, id, "x", now=now),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_only_leads_see_and_answer_requests(
    db: Session, people: People, staff: Staff, clock: datetime, attempt: str
) -> None:
    request = asked(db, people.kari, clock, "restrict")
    for actor in (staff.siri, people.kari, people.nils):
        with pytest.raises(NotAllowedError):
            ATTEMPTS[attempt](db, actor, request.id, clock)
    assert request.answered_at is None


@pytest.mark.parametrize("attempt", sorted(ATTEMPTS.keys() - {"list", "list answered"}))
def test_request_that_does_not_exist_is_not_found(
    db: Session, staff: Staff, clock: datetime, attempt: str
) -> None:
    with pytest.raises(NotFoundError):
        ATTEMPTS[attempt](db, staff.aud, uuid4(), clock)


def test_reading_a_request_stays_in_the_trail(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    case = read_request(db, staff.aud, request.id, now=clock)
    assert (case.words, case.email) == (WRONG, "kari@nordlys.example")
    assert case.verified_by is Verification.ACCOUNT
    assert audited(db)[-2:] == ["data request opened", "data request read"]


def test_reading_is_noted_once_an_hour_for_the_same_person(database: str, clock: datetime) -> None:
    with transaction() as db:
        people, staff = add_people(db, clock), add_staff(db, clock)
        kari, tor = asked(db, people.kari, clock), asked(db, people.tor, clock)
    minutes = (0, 1, 59, 61)
    for request in (kari.id, tor.id):
        for minute in minutes:
            with transaction() as db:
                read_request(db, staff.aud, request, now=clock + timedelta(minutes=minute))
    with transaction() as db:
        read = select(AuditEntry.at).where(col(AuditEntry.event) == "data request read")
        noted = sorted(int((at - clock).total_seconds() // 60) for at in db.exec(read))
    assert noted == [0, 0, 61, 61]


# Extending


def test_extension_is_told_with_its_reasons(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    reason = "We must ask eleven people.\n\nSome are away."
    assert extend_request(db, staff.aud, request.id, "2", reason, now=clock)
    (own,) = own_requests(db, people.kari)
    assert own.due_on == date(2027, 2, 23)
    assert own.extension_reason == reason
    (mail,) = mails(db, kind="data-request-extended")
    assert "by 23 February 2027 at the latest" in text_of(mail)
    assert "We must ask eleven people. Some are away." in text_of(mail)


@pytest.mark.parametrize("months", ["", "0", "3", "-1", "1.5", "²"])
def test_extension_is_by_one_or_two_months(
    db: Session, people: People, staff: Staff, clock: datetime, months: str
) -> None:
    request = asked(db, people.kari, clock)
    with pytest.raises(InvalidFieldsError) as refused:
        extend_request(db, staff.aud, request.id, months, "Because.", now=clock)
    assert set(refused.value.fields) == {"months"}


def test_extension_without_a_reason_is_refused(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    with pytest.raises(InvalidFieldsError) as refused:
        extend_request(db, staff.aud, request.id, "", " ", now=clock)
    assert set(refused.value.fields) == {"months", "reason"}
    assert request.extended_until is None
    assert mails(db, kind="data-request-extended") == []


@pytest.mark.parametrize(
    ("now", "in_time"),
    [
        (datetime(2026, 12, 23, 22, 59, tzinfo=UTC), True),  # 23:59 in Norway, on the last day
        (datetime(2026, 12, 23, 23, 1, tzinfo=UTC), False),
    ],
)
def test_extension_comes_within_the_month_or_not_at_all(
    db: Session, people: People, staff: Staff, clock: datetime, now: datetime, in_time: bool
) -> None:
    request = asked(db, people.kari, clock)
    offered = read_request(db, staff.aud, request.id, now=now).further_months
    assert offered == ((1, 2) if in_time else ())
    if in_time:
        extend_request(db, staff.aud, request.id, "1", "Because.", now=now)
        return
    with pytest.raises(NotExtendableError, match="too-late-to-extend"):
        extend_request(db, staff.aud, request.id, "1", "Because.", now=now)


def test_answer_is_put_off_once(db: Session, people: People, staff: Staff, clock: datetime) -> None:
    request = asked(db, people.kari, clock)
    for _click in range(2):
        assert extend_request(db, staff.aud, request.id, "1", "Because.", now=clock)
    assert len(mails(db, kind="data-request-extended")) == 1
    assert audited(db).count("data request extended") == 1
    assert read_request(db, staff.aud, request.id, now=clock).further_months == ()
    with pytest.raises(NotExtendableError, match="already-extended"):
        extend_request(db, staff.aud, request.id, "2", "Because.", now=clock)


# Answering


def test_answer_is_kept_mailed_and_seen_by_whoever_asked(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    answer = "We have corrected it.\n\n" + "Every invoice from now on has the right name. " * 12
    assert answer_request(db, staff.aud, request.id, answer, now=clock + timedelta(days=3))
    (own,) = own_requests(db, people.kari)
    assert own.answer == answer.strip()
    assert own.answered_on == date(2026, 11, 26)
    (mail,) = mails(db, kind="data-request-answered")
    assert " ".join(answer.split()) in text_of(mail), "whole, not cut like a name"
    assert due_requests(db, staff.aud, now=clock) == []
    (listed,) = answered_requests(db, staff.aud, now=clock)
    assert listed.status is RequestStatus.ANSWERED
    assert audited(db)[-1] == "data request answered"


def test_answer_is_given_once(db: Session, people: People, staff: Staff, clock: datetime) -> None:
    request = asked(db, people.kari, clock)
    for _click in range(2):
        assert answer_request(db, staff.aud, request.id, "Done.", now=clock), "twice is once"
    with pytest.raises(ClosedMeanwhileError):
        answer_request(db, staff.aud, request.id, "Done again.", now=clock)
    with pytest.raises(ClosedMeanwhileError):
        extend_request(db, staff.aud, request.id, "1", "Because.", now=clock)
    assert request.answer == "Done."
    assert audited(db).count("data request answered") == 1
    assert len(mails(db, kind="data-request-answered")) == 1


@pytest.mark.parametrize("answer", ["", " \n ", "x" * (LONGEST_ANSWER + 1)])
def test_answer_has_words(
    db: Session, people: People, staff: Staff, clock: datetime, answer: str
) -> None:
    request = asked(db, people.kari, clock)
    with pytest.raises(InvalidValueError) as refused:
        answer_request(db, staff.aud, request.id, answer, now=clock)
    assert refused.value.field == "answer"
    assert request.answered_at is None


def test_answer_follows_its_reader_to_a_new_address(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    kari = user_of(db, people.kari)
    kari.email = "kari.nordli@nordlys.example"
    db.add(kari)
    db.flush()
    answer_request(db, staff.aud, request.id, "Done.", now=clock)
    (mail,) = mails(db, kind="data-request-answered")
    assert mail.recipient == "kari.nordli@nordlys.example"


def test_request_outlives_the_account_and_is_answered(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.nils, clock)
    db.delete(user_of(db, people.nils))
    db.flush()
    db.expire_all()
    kept = db.get_one(DataRequest, request.id)
    assert kept.user_id is None
    assert answer_request(db, staff.aud, request.id, "Done.", now=clock)
    (mail,) = mails(db, kind="data-request-answered")
    assert mail.recipient == "nils@holm.example"
    assert "data/requests" not in text_of(mail), "there is no page any more"


# Restriction


def test_restriction_stops_marketing_and_leaves_alarms_alone(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    choose(db, people.kari, clock, surveys_email=True, status_reports_email=True, offers_sms=True)
    kari = user_of(db, people.kari)
    contact = AlarmContact(
        customer_id=people.nordlys,
        user_id=kari.id,
        name="Kari Nordli",
        phone="+4790000100",
        locale="en",
        notice_due_at=clock,
        created_at=clock,
    )
    db.add(contact)
    request = asked(db, people.kari, clock, "restrict", "")
    version = contact.version
    restrict(db, staff.aud, request.id, now=clock)
    for topic, channel in (
        (Topic.SURVEYS, Channel.EMAIL),
        (Topic.STATUS_REPORTS, Channel.EMAIL),
        (Topic.OFFERS, Channel.SMS),
    ):
        assert written_to(db, clock, topic, channel) == []
    assert own_standing(db, people.kari, now=clock).restricted
    db.refresh(contact)
    assert (contact.version, contact.phone) == (version, "+4790000100"), "still called"
    assert audited(db)[-1] == "use of data restricted"


def test_restriction_keeps_every_choice(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    request = asked(db, people.kari, clock, "restrict", "")
    restrict(db, staff.aud, request.id, now=clock)
    last = end_restriction(db, staff.aud, request.id, "The question is settled.", now=clock)
    assert last == date(2026, 11, 30)
    assert written_to(db, clock + NOTICE) == []
    assert written_to(db, clock + NOTICE + timedelta(days=1)) == ["kari@nordlys.example"]


def test_person_is_told_before_a_restriction_ends(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock, "restrict", "")
    restrict(db, staff.aud, request.id, now=clock)
    with pytest.raises(InvalidValueError) as refused:
        end_restriction(db, staff.aud, request.id, "", now=clock)
    assert (refused.value.code, refused.value.field) == ("restriction-reason-required", "ends")
    end_restriction(db, staff.aud, request.id, "The question is settled.", now=clock)
    (mail,) = mails(db, kind="data-restriction-ends")
    assert "From 1 December 2026 on" in text_of(mail)
    assert "The question is settled." in text_of(mail)
    standing = own_standing(db, people.kari, now=clock)
    assert (standing.restricted, standing.restricted_until) == (True, date(2026, 11, 30))
    after = own_standing(db, people.kari, now=clock + NOTICE + timedelta(days=1))
    assert (after.restricted, after.restricted_until) == (False, None)


def test_restriction_can_begin_again_and_end_only_once(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock, "restrict", "")
    with pytest.raises(NotFoundError):
        end_restriction(db, staff.aud, request.id, "Nothing to end.", now=clock)
    restrict(db, staff.aud, request.id, now=clock)
    restrict(db, staff.aud, request.id, now=clock)
    assert audited(db).count("use of data restricted") == 1
    last = end_restriction(db, staff.aud, request.id, "Settled.", now=clock)
    later = clock + timedelta(days=2)
    assert end_restriction(db, staff.aud, request.id, "Settled.", now=later) == last
    assert len(mails(db, kind="data-restriction-ends")) == 1
    restrict(db, staff.aud, request.id, now=clock)
    assert user_of(db, people.kari).restricted_until is None


# Jobs


def test_leads_are_reminded_once_a_week_before_the_day(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    asked(db, people.kari, clock)
    first = datetime(2026, 12, 16, 8, tzinfo=UTC)
    assert remind_leads(db, now=first - timedelta(days=1)) == 0
    assert remind_leads(db, now=first) == 1
    assert remind_leads(db, now=first + timedelta(hours=1)) == 0
    came, reminded = mails(db, kind="data-request-lead")
    assert "has come" not in text_of(reminded)
    assert "Its last day is 23 December 2026." in text_of(reminded)
    assert came.id != reminded.id


def test_extended_request_is_reminded_of_before_its_new_day(
    db: Session, people: People, staff: Staff, clock: datetime
) -> None:
    request = asked(db, people.kari, clock)
    near = datetime(2026, 12, 20, 8, tzinfo=UTC)
    assert remind_leads(db, now=near) == 1
    extend_request(db, staff.aud, request.id, "1", "Because.", now=near)
    assert remind_leads(db, now=near) == 0
    assert remind_leads(db, now=datetime(2027, 1, 20, 8, tzinfo=UTC)) == 1


def test_answered_requests_go_after_three_years_and_open_ones_never(
    database: str, clock: datetime
) -> None:
    ended = clock - PERIODS[Retention.CASE]
    with transaction() as db:
        for name, answered_at in (
            ("over", ended - timedelta(seconds=1)),
            ("not yet", ended + timedelta(seconds=1)),
            ("open", None),
        ):
            db.add(
                DataRequest(
                    kind="other",
                    name=name,
                    email="ida@strand.example",
                    locale="en",
                    received_at=clock - timedelta(days=2000),
                    due_on=date(2022, 1, 3),
                    verified_at=clock - timedelta(days=2000),
                    verified_by="mail",
                    answered_at=answered_at,
                    answer="Done." if answered_at else "",
                )
            )
    assert run_out(clock).rows == 1
    assert run_out(clock).rows == 0
    with transaction() as db:
        assert set(db.exec(select(DataRequest.name))) == {"not yet", "open"}


# What the database holds to, whatever the code does


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "everything"},
        {"email": "", "phone": ""},
        {"verified_by": ""},
        {"verified_by": "guess"},
        {"extended_until": date(2027, 1, 1)},
        {"answered_at": datetime(2026, 11, 24, tzinfo=UTC)},
        {"answer": "Done."},
        {"token_hash": "x" * 64},
    ],
    ids=str,
)
def test_request_that_contradicts_itself_cannot_be_kept(
    db: Session, clock: datetime, wrong: dict[str, object]
) -> None:
    values: dict[str, object] = {
        "kind": "other",
        "name": "Ida Strand",
        "email": "ida@strand.example",
        "locale": "en",
        "received_at": clock,
        "due_on": date(2026, 12, 23),
        "verified_at": clock,
        "verified_by": "mail",
    }
    db.add(DataRequest.model_validate(values))
    db.flush()
    db.add(DataRequest.model_validate(values | wrong))
    with pytest.raises(IntegrityError):
        db.flush()


def test_trail_names_no_words(db: Session, people: People, staff: Staff, clock: datetime) -> None:
    request = asked(db, people.kari, clock)
    extend_request(db, staff.aud, request.id, "1", "SECRET reason", now=clock)
    answer_request(db, staff.aud, request.id, "SECRET answer", now=clock)
    waiting: list[AuditEntry] = db.info["audit entries waiting for the commit"]
    said = [str(entry.details) for entry in waiting]
    assert not [each for each in said if "SECRET" in each or "Nordl" in each]
    assert db.exec(select(User).where(col(User.email) == "kari@nordlys.example")).one()
