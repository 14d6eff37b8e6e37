"""The trail is append-only, chained, free of names, and true after a person is erased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, delete, select

from portal.accounts.models import User
from portal.actor import Actor, StaffRole
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.database import get_engine, reading, transaction
from tests.audit.trails import OFFICE, record_some, without_triggers


def test_an_untouched_trail_is_whole(database: str, clock: datetime):
    record_some(5, clock)
    with reading() as db:
        found = trail.verify(db)
    assert found.whole
    assert found.entries == 5


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET event = 'x'", "DELETE FROM audit_entries"]
)
def test_the_database_refuses_to_change_or_delete_entries(
    database: str, clock: datetime, statement: str
):
    record_some(1, clock)
    with pytest.raises(DBAPIError, match="append-only"), get_engine().begin() as connection:
        connection.execute(text(statement))


def test_a_changed_entry_is_found(database: str, clock: datetime):
    record_some(5, clock)
    with reading() as db:
        third = db.exec(select(AuditEntry.id).order_by(col(AuditEntry.id)).offset(2)).first()
    without_triggers("UPDATE audit_entries SET event = 'signed in' WHERE id = :id", id=third)
    with reading() as db:
        assert trail.verify(db).broken_at == third


def test_an_entry_taken_from_the_middle_is_missed(database: str, clock: datetime):
    record_some(5, clock)
    with reading() as db:
        ids = list(db.exec(select(AuditEntry.id).order_by(col(AuditEntry.id))))
    without_triggers("DELETE FROM audit_entries WHERE id = :id", id=ids[2])
    with reading() as db:
        assert trail.verify(db).broken_at == ids[3]


def test_entries_cut_off_at_the_end_change_the_head(database: str, clock: datetime):
    record_some(5, clock)
    with reading() as db:
        before = trail.verify(db)
        last = db.exec(select(AuditEntry.id).order_by(col(AuditEntry.id).desc())).first()
    without_triggers("DELETE FROM audit_entries WHERE id = :id", id=last)
    with reading() as db:
        after = trail.verify(db)
    assert after.whole
    assert after.head != before.head


def test_many_who_write_at_once_leave_one_chain(database: str, clock: datetime):
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: record_some(10, clock), range(6)))
    with reading() as db:
        found = trail.verify(db)
    assert found.whole
    assert found.entries == 60


def test_the_trail_holds_neither_names_nor_ids(db: Session, clock: datetime):
    kari = Actor(user_id=uuid4(), name="Kari Nordli", locale="nb", customer_id=uuid4())
    trail.record(db, AuditEvent.PROFILE_CHANGED, kari, now=clock, subject=kari.user_id)
    db.commit()
    entry = db.exec(select(AuditEntry)).one()
    written = str(entry.model_dump())
    assert "Kari" not in written
    for secret in (kari.user_id, kari.customer_id):
        assert str(secret) not in written
        assert secret is not None
        assert secret.hex not in written


def test_the_chain_stays_whole_when_a_person_is_erased(db: Session, clock: datetime):
    ola = User(email="ola@berg.example", name="Ola Berg", locale="nb", created_at=clock)
    db.add(ola)
    db.flush()
    actor = Actor(user_id=ola.id, name=ola.name, locale="nb")
    trail.record(db, AuditEvent.SIGNED_IN, actor, now=clock, subject=ola.id)
    db.commit()
    db.execute(delete(User).where(col(User.id) == ola.id))
    db.commit()
    assert trail.verify(db).whole
    assert db.exec(select(AuditEntry.actor)).one() == trail.pseudonym("user", actor.user_id)


def test_systems_are_called_by_their_name(db: Session, clock: datetime):
    trail.record(db, AuditEvent.CUSTOMERS_IMPORTED, OFFICE, now=clock)
    db.commit()
    assert db.exec(select(AuditEntry.actor)).one() == "system back office"


def test_entries_of_one_transaction_are_chained_in_the_order_of_their_recording(
    database: str, clock: datetime
):
    with transaction() as db:
        for number in range(2500):  # more than one statement inserts at once
            trail.record(db, AuditEvent.CUSTOMERS_IMPORTED, OFFICE, now=clock, number=number)
    with reading() as db:
        assert trail.verify(db).whole
        entries = db.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
        assert [entry.details["number"] for entry in entries] == list(range(2500))


def test_what_staff_did_says_so(db: Session, clock: datetime):
    siri = Actor(uuid4(), "Siri Dahl", "en", staff_role=StaffRole.AGENT)
    trail.record(db, AuditEvent.MARKETING_CHOSEN, siri, now=clock, subject=uuid4(), way="letter")
    db.commit()
    assert db.exec(select(AuditEntry.details)).one() == {"way": "letter", "as": "staff"}


def test_contact_without_an_account_and_a_call_list_have_names_of_their_own(
    db: Session, clock: datetime
):
    someone = uuid4()
    names = [trail.about(someone), trail.about(contact=someone), trail.about(site=someone)]
    assert len(set(names)) == 3
    assert trail.about(someone, uuid4()) == trail.about(someone)
    assert trail.about() == ""
