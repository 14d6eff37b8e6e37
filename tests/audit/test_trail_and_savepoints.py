"""The trail tells what was committed, and nothing that was taken back."""

from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.actor import system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry

WORKER = system("worker")


def told(db: Session) -> list[str]:
    db.commit()
    return list(db.exec(select(AuditEntry.event).order_by(col(AuditEntry.id))))


def test_what_was_recorded_within_a_savepoint_goes_with_it(db: Session, clock: datetime):
    trail.record(db, AuditEvent.SIGNED_IN, WORKER, now=clock)
    with db.begin_nested() as step:
        trail.record(db, AuditEvent.EMAIL_CHANGED, WORKER, now=clock)
        with db.begin_nested():
            trail.record(db, AuditEvent.STAFF_ADDED, WORKER, now=clock)
        step.rollback()
    trail.record(db, AuditEvent.SIGNED_OUT, WORKER, now=clock)
    assert told(db) == ["signed in", "signed out"]


def test_what_was_recorded_within_a_kept_savepoint_stays(db: Session, clock: datetime):
    trail.record(db, AuditEvent.SIGNED_IN, WORKER, now=clock)
    with db.begin_nested():
        trail.record(db, AuditEvent.EMAIL_CHANGED, WORKER, now=clock)
    assert told(db) == ["signed in", "e-mail changed"]
    assert trail.verify(db).whole


def test_a_rolled_back_transaction_tells_nothing(db: Session, clock: datetime):
    db.connection()  # begins it
    trail.record(db, AuditEvent.SIGNED_IN, WORKER, now=clock)
    db.rollback()
    trail.record(db, AuditEvent.SIGNED_OUT, WORKER, now=clock)
    assert told(db) == ["signed out"]


def add_what_the_table_refuses(db: Session, clock: datetime) -> None:
    with db.begin_nested():
        trail.record(db, AuditEvent.EMAIL_CHANGED, WORKER, now=clock)
        db.add(User(email="x", name="X", locale="xx", created_at=clock, staff_role="none"))
        db.flush()


def test_what_was_recorded_before_a_savepoint_whose_flush_failed_stays(
    db: Session, clock: datetime
):
    """Two who add the same at once: the second takes its savepoint back, and goes on."""
    trail.record(db, AuditEvent.SIGNED_IN, WORKER, now=clock)
    with pytest.raises(IntegrityError):
        add_what_the_table_refuses(db, clock)
    trail.record(db, AuditEvent.SIGNED_OUT, WORKER, now=clock)
    assert told(db) == ["signed in", "signed out"]
