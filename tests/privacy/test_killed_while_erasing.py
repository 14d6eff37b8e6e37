"""A worker that dies at any point of an erasure leaves nothing half done, and two do it once."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from portal.audit import trail
from portal.database import metadata, reading
from portal.privacy.deletions import ask_deletion
from portal.privacy.ledger import ledger, ledger_file, read_ledger
from portal.privacy.models import Deletion, Scope
from tests.contacts.people import OLA
from tests.privacy.conftest import Neighbours
from tests.visitors import Configure

# What differs between two runs that do the same.
_BY_CHANCE = frozenset({"id", "message_id", "hash", "previous_hash", "certificate_hash", "body"})


@pytest.fixture
def own_folder(tmp_path: Any, configure: Configure) -> None:
    configure(DATA_DIR=str(tmp_path / "var"))


@pytest.fixture
def due(own_folder: None, db: Session, neighbours: Neighbours, clock: datetime) -> datetime:
    """When Ola, Tor and the customer's account are to be erased."""
    for actor, scope, phrase in (
        (neighbours.ola, Scope.ACCOUNT, OLA),
        (neighbours.tor, Scope.ACCOUNT, "tor@nordlys.example"),
        (neighbours.kari, Scope.CUSTOMER, "Nordlys Bakeri AS"),
    ):
        ask_deletion(db, actor, scope, confirmation=phrase, at_once=False, locale="en", now=clock)
    db.commit()
    return clock + timedelta(days=14)


def worker(step: str, now: datetime) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.privacy.dying_worker", step, now.isoformat()]
    return subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL)


def everything() -> dict[str, list[Any]]:
    """The whole database, but for what is drawn by chance or refers to it."""
    with reading() as db:
        return {
            table.name: sorted(
                str({name: value for name, value in row.items() if name not in _BY_CHANCE})
                for row in db.execute(select(table)).mappings()
            )
            for table in metadata.sorted_tables
        }


def erased() -> int:
    with reading() as db:
        assert trail.verify(db).whole
        return len(ledger(db))


@pytest.mark.parametrize("step", [0, 2, 9, 24])
def test_a_worker_killed_at_any_step_leaves_each_deletion_done_or_not_begun(
    due: datetime, step: int
) -> None:
    before = everything()
    killed = worker(str(step), due)
    assert killed.wait(60) == -signal.SIGKILL
    done = erased()
    assert done < 3
    if done == 0:
        assert everything() == before, "nothing of it has happened"
    assert worker("all", due).wait(60) == 0
    assert erased() == 3
    after = everything()
    assert worker("all", due).wait(60) == 0
    assert everything() == after, "once more changes nothing"
    assert len(read_ledger(ledger_file())) == 3


def test_two_workers_at_once_do_each_deletion_once(due: datetime) -> None:
    workers = [worker("all", due) for _ in range(2)]
    assert [each.wait(60) for each in workers] == [0, 0]
    assert erased() == 3
    with reading() as db:
        assert all(each.erased_at == due for each in db.execute(select(Deletion)).scalars())
    lines = read_ledger(ledger_file())
    assert {each.scope for each in lines} == {"account", "customer"}
