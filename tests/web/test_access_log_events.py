"""The access log on *Your data*, and the views that pages note, through the real pipeline."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from portal.actor import Actor, Role, StaffRole, system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.audit.viewing import View, note_views
from portal.contacts.models import AlarmContact
from portal.customers.models import Member, Site
from portal.database import reading, transaction
from portal.web.pages.access_log import LONGEST_LIST, PAGE_LENGTH
from tests import people
from tests.event_socket import ROOT, Tab, tab
from tests.people import AUD, KARI, NILS, OLA, SIRI, TOR, Newcomer
from tests.running import Running

pytestmark = pytest.mark.asyncio

LOG = f"{ROOT}.portal___web___pages___access_log____access_log_state"
CONTACTS = f"{ROOT}.portal___web___pages___contacts____contacts_state"


def rows(opened: Tab) -> list[dict[str, Any]]:
    return opened.get(LOG, "rows")


def told(opened: Tab) -> list[tuple[str, str]]:
    return [(row["what"], row["who"]) for row in rows(opened)]


def colleague_of(owner: Newcomer, name: str = "Tone Lie", role: Role = Role.OWNER) -> Newcomer:
    """Somebody else who acts for the owner's customer."""
    mate = people.add_owner(name=name)
    with transaction() as db:
        now = datetime.now(UTC)
        customer = owner.customers[0]
        db.add(Member(user_id=mate.user_id, customer_id=customer, role=role.value, created_at=now))
    return mate


def noted(event: AuditEvent, person: Newcomer) -> int:
    with reading() as db:
        entries = select(AuditEntry.id).where(
            col(AuditEntry.event) == event.value,
            col(AuditEntry.actor) == trail.pseudonym("user", person.user_id),
        )
        return len(db.exec(entries).all())


def record(event: AuditEvent, owner: Newcomer, count: int = 1, actor: Actor | None = None) -> None:
    with transaction() as db:
        for _ in range(count):
            trail.record(
                db,
                event,
                actor or system("back office"),
                now=datetime.now(UTC),
                customer=owner.customers[0],
            )


async def test_nobody_has_looked_at_a_new_customer_s_data(running: Running) -> None:
    owner = people.add_owner("Ny AS")
    async with tab(running.url, running.session(owner.email), "/en/data") as opened:
        assert opened.get(LOG, "loaded")
        assert rows(opened) == []
        assert not opened.get(LOG, "narrowed")


@pytest.mark.parametrize(
    ("path", "event", "words"),
    [
        ("/en/company", AuditEvent.COMPANY_SEEN, "Company details were looked at"),
        (
            "/en/team",
            AuditEvent.TEAM_SEEN,
            "The team was looked at, with its names and emails",
        ),
    ],
)
async def test_page_that_a_colleague_opens_stands_in_the_log_once(
    running: Running, path: str, event: AuditEvent, words: str
) -> None:
    owner = people.add_owner("Sett AS")
    mate = colleague_of(owner)
    for _ in range(2):
        async with tab(running.url, running.session(mate.email), path):
            pass
    assert noted(event, mate) == 1
    async with tab(running.url, running.session(owner.email), "/en/data") as opened:
        assert told(opened) == [(words, "Tone Lie")]


async def test_call_list_that_is_opened_is_noted_for_the_site_that_is_shown(
    running: Running,
) -> None:
    with reading() as db:
        customer = people.customer_of(db, KARI)
        sites = db.exec(select(Site.id).where(col(Site.customer_id) == customer.id)).all()
    async with tab(running.url, running.session(TOR), "/en/contacts") as opened:
        shown = opened.get(CONTACTS, "site")
    assert shown in {str(site) for site in sites}
    with reading() as db:
        seen = select(AuditEntry.subject).where(
            col(AuditEntry.event) == AuditEvent.CALL_LIST_SEEN.value,
            col(AuditEntry.actor) == trail.pseudonym("user", people.user(db, TOR).id),
        )
        site = next(each for each in sites if str(each) == shown)
        assert db.exec(seen).all() == [trail.about(site=site)]
    async with tab(running.url, running.session(KARI), "/en/data") as opened:
        assert ("A call list was looked at", "Tor Lie") in told(opened)


async def test_empty_call_list_is_nobody_s_data(running: Running) -> None:
    owner = people.add_owner("Tom AS")
    async with tab(running.url, running.session(owner.email), "/en/contacts"):
        assert noted(AuditEvent.CALL_LIST_SEEN, owner) == 0


async def test_alarm_contact_sees_that_somebody_looked_and_no_names(running: Running) -> None:
    async with tab(running.url, running.session(KARI), "/en/contacts"):
        pass
    async with tab(running.url, running.session(OLA), "/en/data") as opened:
        assert (
            "The call list you are on was looked at",
            "Somebody at Nordlys Bakeri AS",
        ) in told(opened)
        with reading() as db:
            others = set(
                db.exec(select(AlarmContact.name).where(col(AlarmContact.name) != "Ola Berg"))
            )
        assert others
        for name in {*others, "Kari Nordli", "Tor Lie", "Nils Holm"}:
            assert name not in opened.everything, name
        assert "company details" not in opened.everything.lower()


async def test_nils_never_sees_nordlys(running: Running) -> None:
    async with tab(running.url, running.session(KARI), "/en/company"):
        pass
    async with tab(running.url, running.session(NILS), "/en/data") as opened:
        assert "Nordlys" not in opened.everything
        assert "Kari" not in opened.everything


async def test_colleague_reads_no_colleague_s_name(running: Running) -> None:
    owner = people.add_owner("Navn AS", name="Liv Dale")
    mate = colleague_of(owner, role=Role.COLLEAGUE)
    async with tab(running.url, running.session(owner.email), "/en/team"):
        pass
    async with tab(running.url, running.session(mate.email), "/en/data") as opened:
        assert told(opened) == [
            ("The team was looked at, with its names and emails", "A colleague")
        ]
        assert "Liv Dale" not in opened.everything


async def test_staff_appear_as_support_only(running: Running) -> None:
    owner = people.add_owner("Hjelp AS")
    with transaction() as db:
        aud = people.user(db, AUD)
        actor = Actor(aud.id, aud.name, "en", staff_role=StaffRole.LEAD)
        view = View(AuditEvent.CUSTOMER_TO_CALL_SEEN, customer=owner.customers[0])
        note_views(db, actor, [view], now=datetime.now(UTC))
    async with tab(running.url, running.session(owner.email), "/en/data") as opened:
        (row,) = rows(opened)
        assert row["who"] == "SensorNordic support"
        assert row["note"] == "What for: telling alarm contacts what is expected of them"
        assert "Aud" not in opened.everything


async def test_log_can_be_narrowed_and_widened(running: Running) -> None:
    owner = people.add_owner("Filter AS")
    mate = colleague_of(owner)
    async with tab(running.url, running.session(mate.email), "/en/company"):
        pass
    record(AuditEvent.CUSTOMER_UPDATED, owner)
    async with tab(running.url, running.session(owner.email), "/en/data") as opened:
        assert len(rows(opened)) == 2
        await opened.send(f"{LOG}.choose_kind", kind="view")
        await opened.until(lambda t: len(rows(t)) == 1)
        assert told(opened) == [("Company details were looked at", "Tone Lie")]
        await opened.send(f"{LOG}.choose_doers", by="sensornordic")
        await opened.until(lambda t: rows(t) == [])
        assert opened.get(LOG, "narrowed")
        await opened.send(f"{LOG}.choose_kind", kind="")
        await opened.until(lambda t: len(rows(t)) == 1)
        assert rows(opened)[0]["who"] == "SensorNordic (our customer register)"
        await opened.send(f"{LOG}.choose_doers", by="others")
        await opened.until(lambda t: rows(t)[0]["who"] == "Tone Lie")
        months = opened.get(LOG, "months")
        assert len(months) == 24
        await opened.send(f"{LOG}.choose_month", month=months[0]["value"])
        await opened.until(lambda t: rows(t) == [])


@pytest.mark.parametrize(
    ("handler", "argument", "value"),
    [
        ("choose_kind", "kind", "everything' OR 1=1"),
        ("choose_doers", "by", "Siri Dahl"),
        ("choose_month", "month", "2026-13"),
        ("choose_month", "month", "9999-12"),
        ("choose_month", "month", "0001-01"),
        ("choose_month", "month", "x" * 500),
    ],
)
async def test_choice_that_the_page_does_not_offer_breaks_nothing(
    running: Running, handler: str, argument: str, value: str
) -> None:
    owner = people.add_owner("Rart AS")
    record(AuditEvent.CUSTOMER_UPDATED, owner)
    before = running.log_size
    async with tab(running.url, running.session(owner.email), "/en/data") as opened:
        await opened.send(f"{LOG}.{handler}", **{argument: value})
        await opened.settled()
        await opened.send(f"{LOG}.show_older")
        await opened.settled()
        assert len(rows(opened)) == (0 if value == "0001-01" else 1)
    assert "Traceback" not in running.logged(before)


async def test_older_entries_come_page_by_page_and_the_list_stays_short(running: Running) -> None:
    owner = people.add_owner("Mye AS")
    count = LONGEST_LIST + PAGE_LENGTH + 5
    record(AuditEvent.CUSTOMER_UPDATED, owner, count)
    seen: set[int] = set()
    async with tab(running.url, running.session(owner.email), "/en/data") as opened:
        first = rows(opened)
        assert len(first) == PAGE_LENGTH
        while opened.get(LOG, "more"):
            last = rows(opened)[-1]["id"]
            seen |= {row["id"] for row in rows(opened)}
            await opened.send(f"{LOG}.show_older")
            await opened.until(lambda t, last=last: rows(t)[-1]["id"] != last)
            assert len(rows(opened)) <= LONGEST_LIST
        seen |= {row["id"] for row in rows(opened)}
        assert len(seen) == count
        assert opened.get(LOG, "is_later")
        await opened.send(f"{LOG}.show_newest")
        await opened.until(lambda t: rows(t) == first)
        assert not opened.get(LOG, "is_later")


async def test_staff_have_no_such_log(running: Running) -> None:
    async with tab(running.url, running.session(SIRI), "/en/support/account") as opened:
        await opened.send(f"{LOG}.load")
        await opened.send(f"{LOG}.show_newest")
        await opened.settled()
        assert not opened.get(LOG, "loaded")
        assert not rows(opened)


async def test_letter_that_is_opened_stands_in_the_trail(running: Running) -> None:
    with reading() as db:
        customer = people.customer_of(db, KARI)
        named = select(AlarmContact).where(col(AlarmContact.customer_id) == customer.id)
        contact = db.exec(named.order_by(col(AlarmContact.name))).first()
    assert contact is not None
    about = trail.about(contact.user_id, contact.id)
    letters = select(AuditEntry.id).where(
        col(AuditEntry.event) == AuditEvent.CONTACT_LETTER_SEEN.value,
        col(AuditEntry.subject) == about,
    )
    for _ in range(2):
        answer = running.browser(TOR).get(f"/en/contacts/letter/{contact.id}")
        assert answer.status_code == 200
    with reading() as db:
        assert len(db.exec(letters).all()) == 1
