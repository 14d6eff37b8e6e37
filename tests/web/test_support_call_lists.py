"""The leads' page of call lists: what it shows, and that a release is asked for twice."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import col, func, select

from portal.actor import system
from portal.contacts.importing import import_contacts
from portal.contacts.models import ContactBatch
from portal.contacts.station import fetch_call_lists
from portal.customers.models import Customer
from portal.database import transaction
from portal.jobs import invite_released_contacts
from portal.mail.models import OutboxMessage
from tests import people
from tests.customers.files import text
from tests.event_socket import ROOT, Tab, tab
from tests.people import AUD, SIRI
from tests.running import Running

pytestmark = pytest.mark.asyncio

STATE = f"{ROOT}.portal___web___pages___support_call_lists____support_call_lists_state"
PAGE = "/en/support/call-lists"


def imported(email: str) -> str:
    """A batch with one person of a new customer; its id."""
    owner = people.add_owner("Import AS")
    with transaction() as db:
        number = db.get_one(Customer, owner.customers[0]).number
    row = {
        "customer_number": number,
        "name": "Ola Berg",
        "phone": "900 00 104",
        "email": email,
        "role": "decide",
    }
    with transaction() as db:
        import_contacts(db, system("test"), text(row).encode(), now=datetime.now(UTC))
        newest = select(ContactBatch).order_by(col(ContactBatch.imported_at).desc())
        batch = db.exec(newest).first()
        assert batch is not None
        return str(batch.id)


def mails_to(email: str) -> int:
    with transaction() as db:
        found = select(func.count()).where(col(OutboxMessage.recipient) == email)
        return db.exec(found).one()


def ids(aud: Tab) -> list[str]:
    return [row["id"] for row in aud.get(STATE, "batches")]


async def test_a_release_is_asked_for_and_then_the_job_invites(running: Running) -> None:
    batch = imported("ola@release.example")
    async with tab(running.url, running.session(AUD), PAGE) as aud:
        assert batch in ids(aud)
        await aud.send(f"{STATE}.ask", batch=batch)
        await aud.until(lambda t: t.get(STATE, "asked")["id"] == batch)
        assert mails_to("ola@release.example") == 0
        await aud.send(f"{STATE}.release")
        await aud.until(lambda t: t.get(STATE, "notice"))
        assert batch not in ids(aud)
    assert invite_released_contacts(datetime.now(UTC)) >= 1
    assert mails_to("ola@release.example") == 1


async def test_agents_see_nothing_of_it_and_release_nothing(running: Running) -> None:
    batch = imported("ola@agent.example")
    assert running.browser(SIRI).get(PAGE).status_code == 404
    async with tab(running.url, running.session(SIRI), "/en/account") as siri:
        await siri.send(f"{STATE}.load")
        await siri.send(f"{STATE}.ask", batch=batch)
        await siri.send(f"{STATE}.release")
        await siri.settled()
        assert not siri.get(STATE, "batches")
    with transaction() as db:
        assert db.get_one(ContactBatch, UUID(batch)).released_at is None


async def test_a_release_without_a_question_changes_nothing(running: Running) -> None:
    async with tab(running.url, running.session(AUD), PAGE) as aud:
        await aud.send(f"{STATE}.release")
        said = await aud.until(lambda t: t.get(STATE, "notice"))
    assert said == "Somebody has released these invitations already."


async def test_the_page_says_when_the_station_last_asked(running: Running) -> None:
    with transaction() as db:
        fetch_call_lists(db, system("monitoring station"), since=0, now=datetime.now(UTC))
    async with tab(running.url, running.session(AUD), PAGE) as aud:
        assert aud.get(STATE, "fetched") not in {"", "Never"}
