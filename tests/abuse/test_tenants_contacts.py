"""Call lists between customers: whatever somebody sends, another's contact is not there.

Every handler and document is called with the ids of another customer's contact and with ids that
nobody has: both are answered alike, nothing changes, and no word about the contact comes back.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import col, select

from portal.accounts.models import User
from portal.actor import Actor, Role
from portal.contacts.adding import NewContact, add_contact
from portal.contacts.code_words import set_code_word
from portal.contacts.models import AlarmContact, Answer, CallList, CallListEntry
from portal.customers.models import Site
from portal.database import transaction
from tests import people
from tests.event_socket import ROOT, Tab, tab
from tests.people import AUD, SIRI, Newcomer
from tests.running import Running

pytestmark = pytest.mark.asyncio

CONTACTS = f"{ROOT}.portal___web___pages___contacts____contacts_state"
MY_ALARMS = f"{ROOT}.portal___web___pages___my_alarms____my_alarms_state"
COURSE = f"{ROOT}.portal___web___pages___course____course_state"
NAME, PHONE, WORD = "Guri Haugen", "+4790000177", "Rypebær"


@dataclass(frozen=True)
class Place:
    """A contact of somebody else: their site, their place on its list, and themselves."""

    site: str
    entry: str
    contact: str


NOWHERE = Place(str(uuid4()), str(uuid4()), str(uuid4()))


def listed(owner: Newcomer, *, user_id: UUID | None = None, name: str = NAME) -> Place:
    """A contact with a code word on the list of the owner's site; with an account, if given."""
    now = datetime.now(UTC)
    actor = Actor(
        owner.user_id,
        owner.name,
        "en",
        customer_id=owner.customers[0],
        role=Role.OWNER,
        authenticated_at=now,
    )
    new = NewContact(
        name=name, phone=PHONE, locale="en", role="decide", told=True, told_words="Told"
    )
    with transaction() as db:
        site = db.exec(select(Site.id).where(Site.customer_id == owner.customers[0])).one()
        added = add_contact(db, actor, site, new, now=now)
        set_code_word(db, actor, added.contact_id, WORD, now=now)
        if user_id is not None:
            contact = db.get_one(AlarmContact, added.contact_id)
            entry = db.get_one(CallListEntry, added.entry_id)
            contact.user_id, entry.answer = user_id, Answer.ACCEPTED.value
            db.add_all([contact, entry])
    return Place(str(site), str(added.entry_id), str(added.contact_id))


def rows(place: Place) -> list[object]:
    """All that is known of the contact and the list."""
    with transaction() as db:
        found = [
            db.get(AlarmContact, UUID(place.contact)),
            db.get(CallListEntry, UUID(place.entry)),
            db.get(CallList, UUID(place.site)),
        ]
        return [each.model_dump() if each else None for each in found]


Try = Callable[[Tab, Place], Awaitable[None]]


def event(name: str, **payload: Callable[[Place], object]) -> Try:
    async def send(opened: Tab, place: Place) -> None:
        await opened.send(name, **{key: value(place) for key, value in payload.items()})

    return send


async def _removal(opened: Tab, place: Place) -> None:
    await opened.send(f"{CONTACTS}.ask_removal", entry=place.entry)
    await opened.send(f"{CONTACTS}.remove", fields={"sure": "yes"})


async def _leaving(opened: Tab, place: Place) -> None:
    await opened.send(f"{MY_ALARMS}.ask_to_leave", entry=place.entry)
    await opened.send(f"{MY_ALARMS}.leave", fields={"sure": "yes"})


def _edited(place: Place) -> dict[str, str]:
    fields = {"name": "X", "phone": "900 00 199", "role": "cancel", "locale": "en", "email": ""}
    return {"entry": place.entry, **{f"{key}-{place.entry}": v for key, v in fields.items()}}


def _away(place: Place) -> dict[str, str]:
    day = datetime.now(UTC).date().isoformat()
    return {
        "entry": place.entry,
        f"first-{place.entry}": day,
        f"last-{place.entry}": day,
        f"sure-{place.entry}": "yes",
    }


AS_MEMBER: dict[str, Try] = {
    "choose site": event(f"{CONTACTS}.choose_site", site=lambda p: p.site),
    "open edit": event(f"{CONTACTS}.open_edit", entry=lambda p: p.entry),
    "add known": event(
        f"{CONTACTS}.add_known", fields=lambda p: {"contact": p.contact, "role-known": "decide"}
    ),
    "save": event(f"{CONTACTS}.save", fields=_edited),
    "move": event(f"{CONTACTS}.move", entry=lambda p: p.entry, by=lambda _p: 1),
    "drop": event(f"{CONTACTS}.drop", fields=lambda p: {"entry": p.entry, "to": "1"}),
    "remove": _removal,
    "remind": event(f"{CONTACTS}.send_reminder", contact=lambda p: p.contact),
    "invite": event(f"{CONTACTS}.send_invitation", contact=lambda p: p.contact),
}
AS_CONTACT: dict[str, Try] = {
    "answer": event(f"{MY_ALARMS}.answer", entry=lambda p: p.entry, yes=lambda _p: False),
    "open break": event(f"{MY_ALARMS}.open_break", entry=lambda p: p.entry),
    "take break": event(f"{MY_ALARMS}.take_break", fields=_away),
    "end break": event(f"{MY_ALARMS}.end_break", entry=lambda p: p.entry),
    "leave": _leaving,
}


async def answered(
    running: Running, email: str, path: str, attempt: Try, place: Place
) -> tuple[str, str]:
    """What the page would show after the attempt, with the ids taken out; and all that came."""
    async with tab(running.url, running.session(email), path) as opened:
        await attempt(opened, place)
        await opened.settled()
        shown = {name: value for name, value in opened.vars.items() if "___pages___" in name}
        words = str(sorted(shown.items(), key=str))
        for known in (place.site, place.entry, place.contact):
            words = words.replace(known, "…")
        return words, opened.everything


@pytest.mark.parametrize("attempt", AS_MEMBER)
async def test_a_member_finds_nothing_of_another_customer(running: Running, attempt: str) -> None:
    mine, theirs = people.add_owner("Mitt AS"), people.add_owner("Deres AS")
    listed(mine, name="Own Contact")
    place = listed(theirs)
    before = rows(place)
    act = AS_MEMBER[attempt]
    shown, came = await answered(running, mine.email, "/en/contacts", act, place)
    assert shown == (await answered(running, mine.email, "/en/contacts", act, NOWHERE))[0]
    assert not [word for word in (NAME, PHONE, WORD, "Deres AS") if word in came]
    assert rows(place) == before


@pytest.mark.parametrize("attempt", AS_CONTACT)
async def test_a_contact_finds_nothing_of_another_contact(running: Running, attempt: str) -> None:
    owner, ola = people.add_owner("Felles AS"), people.add_owner("Olas AS")
    other = people.add_owner("Andre AS")
    listed(other, user_id=ola.user_id, name="Ola Berg")
    place = listed(owner)
    before = rows(place)
    act = AS_CONTACT[attempt]
    shown, came = await answered(running, ola.email, "/en/my-alarms", act, place)
    assert shown == (await answered(running, ola.email, "/en/my-alarms", act, NOWHERE))[0]
    assert not [word for word in (NAME, WORD, "Felles AS") if word in came]
    assert rows(place) == before


@pytest.mark.parametrize("attempt", AS_MEMBER)
async def test_a_contact_keeps_no_call_list(running: Running, attempt: str) -> None:
    owner = people.add_owner("Bare AS")
    ola = contact_only()
    place = listed(owner, user_id=ola)
    before = rows(place)
    act = AS_MEMBER[attempt]
    async with tab(running.url, running.session(_email(ola)), "/en/my-alarms") as opened:
        await act(opened, place)
        await opened.send(f"{CONTACTS}.load")
        await opened.settled()
        assert not opened.get(CONTACTS, "people")
        assert PHONE not in str(opened.get(CONTACTS, "people"))
    assert rows(place) == before


@pytest.mark.parametrize("attempt", [*AS_MEMBER, *AS_CONTACT])
@pytest.mark.parametrize("email", [SIRI, AUD])
async def test_staff_do_nothing_to_a_call_list_by_themselves(
    running: Running, email: str, attempt: str
) -> None:
    place = listed(people.add_owner("Kunde AS"))
    before = rows(place)
    act = {**AS_MEMBER, **AS_CONTACT}[attempt]
    _shown, came = await answered(running, email, "/en/account", act, place)
    assert not [word for word in (NAME, PHONE, WORD, "Kunde AS") if word in came]
    assert rows(place) == before


@pytest.mark.parametrize(
    "path", ["contacts/code-word/{id}", "my-alarms/code-word/{id}", "contacts/letter/{id}"]
)
async def test_documents_about_another_s_contact_do_not_exist(running: Running, path: str) -> None:
    mine = people.add_owner("Mitt AS")
    place = listed(people.add_owner("Deres AS"))
    for email in (mine.email, SIRI, AUD):
        browser = running.browser(email)
        theirs = browser.get(f"/en/{path.format(id=place.contact)}")
        nobody_s = browser.get(f"/en/{path.format(id=NOWHERE.contact)}")
        assert theirs.status_code == nobody_s.status_code
        assert theirs.status_code in {403, 404}
        assert theirs.text.replace(place.contact, "") == nobody_s.text.replace(NOWHERE.contact, "")
        assert not [word for word in (NAME, PHONE, WORD) if word in theirs.text]


@pytest.mark.parametrize("path", ["/auth/code-word", "/auth/letter"])
async def test_forms_about_another_s_contact_change_nothing(running: Running, path: str) -> None:
    mine = people.add_owner("Mitt AS")
    place = listed(people.add_owner("Deres AS"))
    before = rows(place)
    for email in (mine.email, SIRI, AUD):
        posted = [_post(running, email, path, id) for id in (place.contact, NOWHERE.contact)]
        assert posted[0].status_code == posted[1].status_code
        assert posted[0].status_code in {403, 404}
    assert rows(place) == before


async def test_the_customer_never_sees_the_number_that_a_contact_gave(running: Running) -> None:
    owner = people.add_owner("Nummer AS")
    place = listed(owner, user_id=contact_only())
    with transaction() as db:
        contact = db.get_one(AlarmContact, UUID(place.contact))
        contact.own_phone = "+4790000188"
        db.add(contact)
    async with tab(running.url, running.session(owner.email), "/en/contacts") as opened:
        await opened.loaded()
        await opened.send(f"{CONTACTS}.open_edit", entry=place.entry)
        await opened.settled()
        assert NAME in opened.everything
        assert "90000188" not in opened.everything.replace(" ", "")
    letter = running.browser(owner.email).get(f"/en/contacts/letter/{place.contact}")
    assert "90000188" not in letter.text.replace(" ", "")


async def test_no_page_sends_a_code_word(running: Running) -> None:
    """It stands in a document of its own, which asks for a recent sign-in."""
    owner, ola = people.add_owner("Kodeord AS"), contact_only()
    place = listed(owner, user_id=ola)
    for email, path in ((owner.email, "/en/contacts"), (_email(ola), "/en/my-alarms")):
        async with tab(running.url, running.session(email), path) as opened:
            await opened.loaded()
            assert "Kodeord AS" in opened.everything or NAME in opened.everything
            assert WORD not in opened.everything
    shown = running.browser(_email(ola)).get(f"/en/my-alarms/code-word/{place.contact}")
    assert WORD in shown.text


def contact_only() -> UUID:
    """The id of somebody who has an account and acts for no customer."""
    now = datetime.now(UTC)
    with transaction() as db:
        user = User(
            email=f"{uuid4().hex[:10]}@guest.example",
            name=NAME,
            locale="en",
            created_at=now,
            activated_at=now,
        )
        db.add(user)
        db.flush()
        return user.id


def _email(user_id: UUID) -> str:
    with transaction() as db:
        return db.exec(select(User.email).where(col(User.id) == user_id)).one()


def _post(running: Running, email: str, path: str, contact: str) -> httpx.Response:
    fields = {"contact": contact, "code_word": "Havørn", "back": "contacts", "locale": "en"}
    return running.browser(email).post(path, data=fields, headers={"Origin": running.url})
