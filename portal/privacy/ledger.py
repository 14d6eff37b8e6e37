"""The erasure ledger: what was erased, without saying whose it was, so that a backup that is
restored can be erased again.

It stands in the database and, line by line, in a file in the data folder, which must be kept apart
from the database's backups: restoring one takes the newest lines of the table away. People and
customers are named by the pseudonyms of the audit trail, which lead to nobody without a backup.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.closing import open_since
from portal.customers.leaving import memberships_since
from portal.datamap import PERIODS, Retention
from portal.privacy.erasing import carry_out
from portal.privacy.models import Deletion, Scope, waiting
from portal.settings import get_settings

FILE = "erasure-ledger.jsonl"
_KEPT = PERIODS[Retention.PROOF]


@dataclass(frozen=True)
class LedgerLine:
    """One deletion that was carried out (`erased_at`) or taken back (`kept_at`); times as ISO 8601,
    empty for what was not.
    """

    id: str
    scope: str
    person: str
    customer: str
    asked_at: str
    erased_at: str
    kept_at: str = ""

    @property
    def ended_at(self) -> datetime:
        return datetime.fromisoformat(self.erased_at or self.kept_at)


def ledger_file() -> Path:
    """Where the ledger is written out to."""
    return get_settings().data_dir / FILE


def ledger(db: Session) -> list[LedgerLine]:
    """Every deletion that was carried out or taken back, the oldest first."""
    ended = func.coalesce(col(Deletion.erased_at), col(Deletion.kept_at))
    done = select(Deletion).where(ended.is_not(None)).order_by(ended, col(Deletion.id))
    return [_line(each) for each in db.execute(done).scalars()]


def read_ledger(file: Path) -> list[LedgerLine]:
    """The lines of a ledger's file; none if there is no file. A line that a crash has cut short is
    left out: `write_out` writes it again.
    """
    lines: list[LedgerLine] = []
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            lines.append(LedgerLine(**json.loads(text)))
        except (ValueError, TypeError):
            continue
    return lines


def write_out(db: Session, file: Path, *, now: datetime) -> int:
    """Add what the file does not say yet, and leave out what is older than 36 months; says how
    many lines are new. The file is replaced as a whole, and on the disk when this returns.
    """
    known = {each.id: each for each in read_ledger(file)}
    new = {each.id: each for each in ledger(db) if each.id not in known}
    kept = [each for each in (known | new).values() if each.ended_at >= now - _KEPT]
    if not new and len(kept) == len(known):
        return 0
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with unfinished.open("w", encoding="utf-8") as out:
        out.writelines(f"{json.dumps(asdict(each))}\n" for each in kept)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)
    return len(new)


def replay(db: Session, actor: Actor, lines: Iterable[LedgerLine], *, now: datetime) -> int:
    """Erase once more whom a restored backup has brought back; says how many deletions it took.

    Only what is older than its deletion is erased: whoever came back by themselves stays. Wishes
    that wait in the backup and were taken back since are taken back. Nobody is mailed.

    Raises:
        NotAllowedError: a person acts.
    """
    actor.require_system()
    people = _people(db)
    count = 0
    for line in lines:
        if line.kept_at:
            _keep_again(db, line)
            continue
        found = _brought_back(db, line, people, line.ended_at)
        if found is None:
            continue
        deletion = _as_it_waited(db, line, *found, now=now)
        if carry_out(db, deletion.id, tell=False, now=now):
            trail.record(db, AuditEvent.DELETION_REPLAYED, actor, now=now, scope=line.scope)
            count += 1
    return count


def _line(deletion: Deletion) -> LedgerLine:
    return LedgerLine(
        id=str(deletion.id),
        scope=deletion.scope,
        person=deletion.person,
        customer=deletion.customer,
        asked_at=deletion.asked_at.isoformat(),
        erased_at=deletion.erased_at.isoformat() if deletion.erased_at else "",
        kept_at=deletion.kept_at.isoformat() if deletion.kept_at else "",
    )


def _people(db: Session) -> dict[str, tuple[UUID, datetime]]:
    """Everybody with an account, by pseudonym, and since when."""
    users = db.execute(select(col(User.id), col(User.created_at)))
    return {trail.pseudonym("user", user): (user, since) for user, since in users}


def _brought_back(
    db: Session, line: LedgerLine, people: dict[str, tuple[UUID, datetime]], erased_at: datetime
) -> tuple[UUID | None, UUID | None] | None:
    """The person and customer of a line, if what it erased is there again."""
    user, since = people.get(line.person, (None, erased_at))
    if line.scope == Scope.ACCOUNT:
        return (user, None) if user is not None and since < erased_at else None
    if line.scope == Scope.CUSTOMER:
        customers = open_since(db, erased_at)
    else:
        customers = memberships_since(db, user, erased_at) if user else []
    for customer in customers:
        if trail.pseudonym("customer", customer) == line.customer:
            return user, customer
    return None


def _keep_again(db: Session, line: LedgerLine) -> None:
    """Take a wish back that the backup still has, before its day comes once more."""
    db.execute(
        update(Deletion)
        .where(col(Deletion.id) == UUID(line.id), *waiting())
        .values(kept_at=line.ended_at)
    )


def _as_it_waited(
    db: Session, line: LedgerLine, user: UUID | None, customer: UUID | None, *, now: datetime
) -> Deletion:
    """The deletion's row as it was before it was carried out; made anew if the backup lacks it.
    An earlier wish for the same, which waits in the backup, gives way to it.
    """
    db.execute(
        update(Deletion)
        .where(
            col(Deletion.person) == line.person,
            col(Deletion.scope) == line.scope,
            col(Deletion.customer) == line.customer,
            col(Deletion.id) != UUID(line.id),
            *waiting(),
        )
        .values(kept_at=datetime.fromisoformat(line.asked_at))
    )
    deletion = db.get(Deletion, UUID(line.id), populate_existing=True) or Deletion(
        id=UUID(line.id), scope=line.scope, person=line.person, customer=line.customer
    )
    deletion.user_id, deletion.customer_id = user, customer
    deletion.asked_at = datetime.fromisoformat(line.asked_at)
    deletion.due_at = min(line.ended_at, now)
    deletion.kept_at = deletion.erased_at = None
    db.add(deletion)
    db.flush()
    return deletion
