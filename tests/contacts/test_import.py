"""The import of call lists that exist already: true to the file, silent, and only once."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, col, func, select

from portal.actor import Actor, StaffRole, system
from portal.audit.models import AuditEntry
from portal.contacts.bars import bar
from portal.contacts.batches import invite_released, release_batch, waiting_batches
from portal.contacts.code_words import word_of
from portal.contacts.history import contact_history
from portal.contacts.importing import ContactImportReport, import_contacts
from portal.contacts.inviting import confirm_imported
from portal.contacts.lists import call_list
from portal.contacts.models import AlarmContact, ContactBatch, ContactEvent
from portal.contacts.standing import ContactStatus
from portal.customers.import_file import UnreadableFileError
from portal.errors import NotAllowedError, NotFoundError
from portal.mail.models import OutboxMessage
from tests.contacts.people import OLA, TOLD, Lists, contact_of, named, order_of, version_of
from tests.customers.files import text

BACK_OFFICE = system("back office")
ROW = {
    "customer_number": "10001",
    "site_name": "Torget",
    "name": "Ola Berg",
    "phone": "900 00 104",
    "email": OLA,
    "role": "decide",
    "key_holder": "yes",
    "code_word": "Havørn",
    "valid_from": "01.12.2026",
}
BERIT = ROW | {"name": "Berit Aas", "phone": "900 00 105", "email": "", "code_word": ""}


def take(db: Session, now: datetime, *rows: dict[str, str], **options: bool) -> ContactImportReport:
    return import_contacts(db, BACK_OFFICE, text(*rows).encode(), now=now, **options)


def told(report: ContactImportReport) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.code) for problem in report.problems]


def mails(db: Session) -> int:
    return db.exec(select(func.count()).select_from(OutboxMessage)).one()


def lead(lists: Lists) -> Actor:
    return Actor(lists.people.kari.user_id, "Aud", "nb", staff_role=StaffRole.LEAD)


def only_batch(db: Session) -> ContactBatch:
    return db.exec(select(ContactBatch)).one()


def test_the_order_of_the_file_is_the_order_of_calling(
    db: Session, lists: Lists, clock: datetime
) -> None:
    report = take(db, clock, BERIT, ROW)
    assert (report.lists, report.contacts, report.without_email) == (1, 2, 1)
    assert order_of(db, lists.torget) == ["Berit Aas", "Ola Berg"]
    ola = call_list(db, lists.kari, lists.torget, now=clock).people[1]
    assert (ola.phone, ola.role, ola.key_holder) == ("+4790000104", "decide", True)
    assert (ola.locale, ola.valid_from) == ("nb", date(2026, 12, 1))
    assert ola.status is ContactStatus.UNCONFIRMED


def test_no_mail_leaves_and_the_station_gets_the_list(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take(db, clock, ROW)
    assert mails(db) == 0
    assert version_of(db, lists.torget) > 0


def test_code_word_is_kept_encrypted_and_told_nowhere(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take(db, clock, ROW)
    contact = db.exec(select(AlarmContact)).one()
    assert word_of(contact) == "Havørn"
    assert "Havørn" not in str(contact.code_word)
    assert "Havørn" not in str([entry.details for entry in db.exec(select(AuditEntry))])
    refused = take(db, clock, ROW | {"site_name": "Storgata 4", "code_word": "ola"})
    assert told(refused) == [(2, "code_word", "code-word-easy")]
    assert "'ola'" not in repr(refused.problems)


def test_second_import_of_a_file_changes_nothing(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take(db, clock, ROW)
    version = version_of(db, lists.torget)
    again = take(db, clock, ROW, BERIT)
    assert (again.lists, again.left, again.contacts) == (0, 1, 0)
    assert version_of(db, lists.torget) == version
    assert order_of(db, lists.torget) == ["Ola Berg"]


def test_a_list_that_the_customer_keeps_is_left_alone(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Lars Vik", 106, site=lists.torget, now=clock)
    assert take(db, clock, ROW).left == 1
    assert order_of(db, lists.torget) == ["Lars Vik"]


def test_one_person_on_two_lists_is_one_contact(db: Session, lists: Lists, clock: datetime) -> None:
    report = take(db, clock, ROW, ROW | {"site_name": "Storgata 4", "role": "cancel"})
    assert (report.lists, report.contacts) == (2, 1)
    assert db.exec(select(func.count()).select_from(AlarmContact)).one() == 1


def test_somebody_whom_the_portal_knows_is_not_made_twice(
    db: Session, lists: Lists, clock: datetime
) -> None:
    known = named(db, lists, "Ola Berg", 104, now=clock)
    assert take(db, clock, ROW).contacts == 0
    assert order_of(db, lists.torget) == ["Ola Berg"]
    contact = contact_of(db, known)
    assert contact.batch_id is None, "who was named in the portal is not held back"


def test_everything_wrong_is_told_in_one_reading_and_nothing_is_written(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Lars Vik", 106, now=clock)
    report = take(
        db,
        clock,
        ROW,
        ROW,
        ROW | {"site_name": "Torvet 2", "phone": "12", "role": "king", "key_holder": "maybe"},
        ROW | {"customer_number": "999"},
        ROW | {"site_name": "Nowhere"},
        ROW | {"site_name": ""},
        BERIT | {"valid_from": "2027-02-01", "valid_until": "2027-01-01", "email": "berit@"},
        BERIT | {"phone": "900 00 106"},
        BERIT | {"phone": "900 00 104", "name": "Somebody Else", "site_name": "Torget"},
        BERIT | {"valid_from": "soon", "language": "xx", "name": " "},
    )
    assert told(report) == [
        (3, "phone", "contact-twice"),
        (4, "phone", "phone-too-short"),
        (4, "role", "role-unknown"),
        (4, "key_holder", "yes-or-no"),
        (5, "customer_number", "customer-unknown"),
        (6, "site_name", "site-unknown"),
        (7, "site_name", "site-name-required"),
        (8, "valid_until", "dates-reversed"),
        (8, "email", "email-unknown"),
        (9, "phone", "phone-of-another"),
        (10, "phone", "contact-twice"),
        (11, "name", "name-required"),
        (11, "valid_from", "date-unknown"),
        (11, "language", "language-unknown"),
    ]
    assert not report.written
    assert order_of(db, lists.torget) == []


def test_one_number_with_two_names_is_refused(db: Session, lists: Lists, clock: datetime) -> None:
    report = take(db, clock, ROW, ROW | {"site_name": "Storgata 4", "name": "Ole Berg"})
    assert told(report) == [(3, "name", "contact-differs")]


def test_the_right_rows_can_be_taken_alone(db: Session, lists: Lists, clock: datetime) -> None:
    report = take(db, clock, ROW, BERIT | {"phone": "12"}, skip_invalid=True)
    assert report.written
    assert report.wrong_rows == 1
    assert order_of(db, lists.torget) == ["Ola Berg"]


def test_dry_run_says_what_would_happen_and_changes_nothing(
    db: Session, lists: Lists, clock: datetime
) -> None:
    report = take(db, clock, ROW, BERIT, dry_run=True)
    assert (report.lists, report.contacts, report.written) == (1, 2, False)
    assert order_of(db, lists.torget) == []


def test_whoever_said_no_to_the_customer_is_not_brought_back(
    db: Session, lists: Lists, clock: datetime
) -> None:
    bar(db, contact_of(db, named(db, lists, "Ola Berg", 104, now=clock)), now=clock)
    assert told(take(db, clock, ROW)) == [(2, "phone", "said-no")]


def test_only_sensornordic_imports(db: Session, lists: Lists, clock: datetime) -> None:
    with pytest.raises(NotAllowedError):
        import_contacts(db, lists.kari, text(ROW).encode(), now=clock)


def test_a_file_without_the_needed_columns_is_refused(db: Session, clock: datetime) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        import_contacts(db, BACK_OFFICE, b"name;phone\r\nOla;90000104\r\n", now=clock)
    assert {problem.column for problem in refused.value.problems} == {"customer_number", "role"}


def test_history_tells_the_customer_that_sensornordic_brought_the_list(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take(db, clock, ROW)
    newest = contact_history(db, lists.kari)[0]
    assert newest.event == ContactEvent.IMPORTED
    assert newest.by == "sensornordic"


def test_a_member_confirms_and_whoever_has_an_email_is_invited(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take(db, clock, ROW, BERIT)
    invited = confirm_imported(
        db, lists.kari, site_id=lists.torget, told=True, told_words=TOLD, now=clock
    )
    assert invited == 1
    people = call_list(db, lists.kari, lists.torget, now=clock).people
    assert [each.status for each in people] == [ContactStatus.INVITED, ContactStatus.NO_EMAIL]
    assert waiting_batches(db, lead(lists)) == []


def test_a_lead_sees_what_waits_and_releases_it(db: Session, lists: Lists, clock: datetime) -> None:
    take(db, clock, ROW, BERIT)
    (waiting,) = waiting_batches(db, lead(lists))
    assert (waiting.people, waiting.customers, waiting.with_email) == (2, 1, 1)
    release_batch(db, lead(lists), waiting.id, now=clock)
    assert mails(db) == 0, "the job writes them"
    assert invite_released(db, now=clock) == 2
    assert invite_released(db, now=clock) == 0
    sent = db.exec(select(OutboxMessage).order_by(col(OutboxMessage.created_at))).all()
    assert [(mail.recipient, mail.kind) for mail in sent] == [(OLA, "contact-invitation")]
    assert waiting_batches(db, lead(lists)) == []


def test_a_batch_is_released_once_and_by_leads_only(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take(db, clock, ROW)
    batch = only_batch(db).id
    agent = Actor(lists.kari.user_id, "Siri", "nb", staff_role=StaffRole.AGENT)
    for actor in (lists.kari, agent):
        with pytest.raises(NotAllowedError):
            release_batch(db, actor, batch, now=clock)
        with pytest.raises(NotAllowedError):
            waiting_batches(db, actor)
    release_batch(db, lead(lists), batch, now=clock)
    with pytest.raises(NotFoundError):
        release_batch(db, lead(lists), batch, now=clock)


def test_whoever_said_no_meanwhile_is_not_invited_by_a_release(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take(db, clock, ROW)
    bar(db, db.exec(select(AlarmContact)).one(), now=clock)
    release_batch(db, lead(lists), only_batch(db).id, now=clock)
    assert invite_released(db, now=clock) == 1
    assert mails(db) == 0
