"""An erasure beside whoever edits the same list at that moment: neither is lost, and neither waits
for the other for ever.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.contacts import call_lists
from portal.contacts.removing import remove_contact
from portal.customers.models import Site
from portal.database import reading, transaction
from portal.jobs import erase_due
from portal.privacy.erasing import ChangedWhileErasingError, carry_out
from portal.privacy.models import Scope
from tests.contacts.people import order_of
from tests.privacy.conftest import Neighbours
from tests.privacy.test_deletions import ask, exists


def erase_alone(deletion: UUID, now: datetime) -> None:
    with suppress(ChangedWhileErasingError), transaction() as db:
        carry_out(db, deletion, now=now)


def test_a_contact_who_is_erased_while_somebody_removes_them(
    db: Session, neighbours: Neighbours, clock: datetime
) -> None:
    """Removing holds the list and then writes to the contact's account; so erasing must begin with
    the list, too.
    """
    deletion = ask(db, neighbours.ola, Scope.ACCOUNT, clock, at_once=True)
    db.commit()
    entry = neighbours.ola_at_nordlys.entry_id
    with ThreadPoolExecutor(1) as other:
        with transaction() as editing:
            site = editing.get_one(Site, neighbours.lists.storgata)
            call_lists.locked_lists(editing, [site], now=clock)
            worker = other.submit(erase_alone, deletion.id, clock)
            time.sleep(0.5)  # the worker has come as far as it can
            remove_contact(editing, neighbours.kari, entry, sure=True, now=clock)
        worker.result(timeout=60)  # a deadlock would end one of the two
    erase_due(clock)  # what changed under the worker's hands it does at its next turn
    with reading() as after:
        assert not exists(after, neighbours.ola)
        assert order_of(after, neighbours.lists.storgata) == ["Per Vik"]
