"""After a restore the ledger erases again whom the backup has brought back, and nobody else."""

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.contacts.models import AlarmContact
from portal.customers.models import Customer, Member
from portal.errors import NotAllowedError
from portal.mail.models import OutboxMessage
from portal.privacy.deletions import keep
from portal.privacy.erasing import due_deletions
from portal.privacy.ledger import LedgerLine, ledger, read_ledger, replay, write_out
from portal.privacy.models import Deletion, Scope
from tests.contacts.people import order_of
from tests.privacy.conftest import Neighbours
from tests.privacy.test_deletions import ask, erase, exists

OPERATOR = system("operator")


def line(
    neighbours: Neighbours, who: str, now: datetime, scope: Scope = Scope.ACCOUNT
) -> LedgerLine:
    """What the ledger would say of somebody whom a backup still has."""
    user = getattr(neighbours, who).user_id
    nordlys = neighbours.lists.people.nordlys
    return LedgerLine(
        id="6f0a4c3e-5b1f-4c0e-9d55-0e3c52e9a001",
        scope=scope.value,
        person=trail.pseudonym("user", user),
        customer="" if scope is Scope.ACCOUNT else trail.pseudonym("customer", nordlys),
        asked_at=now.isoformat(),
        erased_at=(now + timedelta(days=14)).isoformat(),
    )


def test_the_ledger_names_nobody(db: Session, neighbours: Neighbours, clock: datetime):
    erase(db, ask(db, neighbours.tor, Scope.ACCOUNT, clock))
    (found,) = ledger(db)
    said = json.dumps(asdict(found))
    assert "tor" not in said.lower()
    assert str(neighbours.tor.user_id) not in said


def test_whoever_a_backup_brings_back_is_erased_again(
    db: Session, neighbours: Neighbours, clock: datetime
):
    later = clock + timedelta(days=30)
    db.execute(OutboxMessage.__table__.delete())  # pyright: ignore[reportAttributeAccessIssue]
    assert replay(db, OPERATOR, [line(neighbours, "ola", clock)], now=later) == 1
    assert not exists(db, neighbours.ola)
    assert order_of(db, neighbours.lists.storgata) == ["Per Vik"]
    assert db.execute(select(OutboxMessage)).first() is None, "all were told the first time"
    (row,) = db.execute(select(Deletion)).scalars()
    assert row.erased_at is not None
    db.commit()
    events = select(col(AuditEntry.event)).order_by(col(AuditEntry.id).desc()).limit(1)
    assert db.execute(events).scalar() == AuditEvent.DELETION_REPLAYED.value


def test_doing_it_again_changes_nothing(db: Session, neighbours: Neighbours, clock: datetime):
    later = clock + timedelta(days=30)
    lines = [line(neighbours, "ola", clock)]
    replay(db, OPERATOR, lines, now=later)
    assert replay(db, OPERATOR, lines, now=later) == 0


def test_a_deletion_that_waited_in_the_backup_is_carried_out(
    db: Session, neighbours: Neighbours, clock: datetime
):
    waiting = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    known = replace(line(neighbours, "tor", clock), id=str(waiting.id))
    assert replay(db, OPERATOR, [known], now=clock + timedelta(days=30)) == 1
    assert not exists(db, neighbours.tor)
    assert len(db.execute(select(Deletion)).scalars().all()) == 1


def test_a_membership_and_a_customer_s_account_end_again(
    db: Session, neighbours: Neighbours, clock: datetime
):
    later = clock + timedelta(days=30)
    left = line(neighbours, "tor", clock, Scope.MEMBERSHIP)
    assert replay(db, OPERATOR, [left], now=later) == 1
    assert exists(db, neighbours.tor)
    members = select(col(Member.user_id)).where(col(Member.user_id) == neighbours.tor.user_id)
    assert db.execute(members).first() is None
    closed = replace(
        line(neighbours, "kari", clock, Scope.CUSTOMER), id="6f0a4c3e-5b1f-4c0e-9d55-0e3c52e9a002"
    )
    assert replay(db, OPERATOR, [closed], now=later) == 1
    nordlys = neighbours.lists.people.nordlys
    assert db.get_one(Customer, nordlys, populate_existing=True).closed_at is not None
    assert db.execute(select(col(AlarmContact.id))).first() is not None, "the call list stays"


def test_a_wish_that_was_taken_back_after_the_backup_is_not_carried_out(
    db: Session, neighbours: Neighbours, clock: datetime
):
    wish = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    taken_back = replace(
        line(neighbours, "tor", clock),
        id=str(wish.id),
        erased_at="",
        kept_at=(clock + timedelta(days=2)).isoformat(),
    )
    later = clock + timedelta(days=30)
    assert due_deletions(db, now=later) == [wish.id]
    assert replay(db, OPERATOR, [taken_back], now=later) == 0
    assert due_deletions(db, now=later) == []
    assert exists(db, neighbours.tor)


def test_a_wish_taken_back_and_made_anew_is_carried_out_once(
    db: Session, neighbours: Neighbours, clock: datetime
):
    first = ask(db, neighbours.tor, Scope.ACCOUNT, clock)  # what the backup has
    lines = [line(neighbours, "tor", clock)]  # what was asked anew, and done
    assert replay(db, OPERATOR, lines, now=clock + timedelta(days=30)) == 1
    assert not exists(db, neighbours.tor)
    assert db.get_one(Deletion, first.id, populate_existing=True).kept_at is not None


def test_what_was_taken_back_is_in_the_ledger_and_nothing_is_for_ever(
    db: Session, neighbours: Neighbours, clock: datetime, tmp_path: Path
):
    file = tmp_path / "ledger.jsonl"
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    keep(db, neighbours.tor, deletion.id, now=clock)
    assert write_out(db, file, now=clock) == 1
    assert read_ledger(file)[0].kept_at == clock.isoformat()
    db.execute(delete(Deletion))
    assert write_out(db, file, now=clock + timedelta(days=1096)) == 0
    assert read_ledger(file) == []


def test_whoever_came_back_by_themselves_stays(
    db: Session, neighbours: Neighbours, clock: datetime
):
    user = db.get_one(User, neighbours.tor.user_id)
    user.created_at = clock + timedelta(days=20)
    db.add(user)
    db.flush()
    assert (
        replay(db, OPERATOR, [line(neighbours, "tor", clock)], now=clock + timedelta(days=30)) == 0
    )
    assert exists(db, neighbours.tor)


def test_nobody_else_is_touched(db: Session, neighbours: Neighbours, clock: datetime):
    stranger = replace(line(neighbours, "tor", clock), person="0" * 64)
    assert replay(db, OPERATOR, [stranger], now=clock + timedelta(days=30)) == 0
    with pytest.raises(NotAllowedError):
        replay(db, neighbours.kari, [], now=clock)


def test_the_file_gets_each_line_once_and_survives_a_crash(
    db: Session, neighbours: Neighbours, clock: datetime, tmp_path: Path
):
    file = tmp_path / "deep" / "ledger.jsonl"
    assert read_ledger(file) == []
    erase(db, ask(db, neighbours.tor, Scope.ACCOUNT, clock))
    assert write_out(db, file, now=clock) == 1
    assert write_out(db, file, now=clock) == 0
    with file.open("a", encoding="utf-8") as half:
        half.write('\n{"id": "half a li')
    erase(db, ask(db, neighbours.ola, Scope.ACCOUNT, clock, at_once=True))
    assert write_out(db, file, now=clock) == 1
    assert sorted(read_ledger(file), key=_by_id) == sorted(ledger(db), key=_by_id)


def _by_id(line: LedgerLine) -> str:
    return line.id
