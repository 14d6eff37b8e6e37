"""The team page's events, as a page sends them: who is obeyed, and what becomes of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select, update

from portal.accounts.models import SignInSession, User
from portal.actor import Role
from portal.customers.models import Customer, Member
from portal.database import transaction
from portal.invitations.models import Invitation
from tests import people
from tests.event_socket import FRAME, ROOT, Tab, tab
from tests.people import EVA, KARI, NILS, TOR, Newcomer
from tests.running import Running

pytestmark = pytest.mark.asyncio

TEAM = f"{ROOT}.portal___web___pages___team____team_state"
OWNERSHIP = f"{ROOT}.portal___web___pages___ownership____ownership_state"
CHANGES = ("save_role", "remove", "make_offer", "withdraw")


def joined(owner: Newcomer, role: Role, name: str = "Per Moen") -> str:
    """Somebody new in the owner's team; their e-mail."""
    now = datetime.now(UTC)
    mate = people.add_owner(f"{name} ENK", name=name)
    with transaction() as db:
        db.add(
            Member(
                user_id=mate.user_id,
                customer_id=owner.customers[0],
                role=role.value,
                created_at=now,
            )
        )
        db.add(_acting_for(db, mate.user_id, owner.customers[0]))
    return mate.email


def _acting_for(db: Session, user_id: UUID, customer: UUID) -> Customer:
    """The team's customer comes first for this person: its number is the first."""
    found = db.get_one(Customer, customer)
    found.number = f"!{found.number}"
    return found


def members(owner: Newcomer) -> dict[str, str]:
    with transaction() as db:
        statement = (
            select(User.email, Member.role)
            .join(Member, col(Member.user_id) == col(User.id))
            .where(col(Member.customer_id) == owner.customers[0])
        )
        return dict(db.exec(statement).all())


def invited(owner: Newcomer) -> list[Invitation]:
    with transaction() as db:
        statement = select(Invitation).where(col(Invitation.customer_id) == owner.customers[0])
        return list(db.exec(statement))


def grow_stale(email: str) -> None:
    """Let everybody's last proof of who they are be eleven minutes old."""
    past = datetime.now(UTC) - timedelta(minutes=11)
    with transaction() as db:
        user = people.user(db, email)
        db.exec(
            update(SignInSession)
            .where(col(SignInSession.user_id) == user.id)
            .values(authenticated_at=past)
        )


def row(opened: Tab, name: str) -> dict[str, str]:
    return next(each for each in opened.get(TEAM, "members") if each["name"] == name)


def form(**fields: str) -> dict[str, str]:
    return {"name": "Ny Person", "email": "", "role": "colleague", "locale": "nb"} | fields


async def test_the_team_is_for_owners_and_administrators(running: Running) -> None:
    async with tab(running.url, running.session(TOR), "/en/team") as tor:
        await tor.send(f"{TEAM}.load")
        await tor.send(f"{TEAM}.invite", fields=form(email="x@nordlys.example"))
        await tor.settled()
        assert not tor.get(TEAM, "members")
        assert "eva@nordlys.example" not in tor.everything


async def test_an_administrator_changes_no_member_by_calling_the_owner_s_handlers(
    running: Running,
) -> None:
    owner = people.add_owner("Roller AS", name="Ane Lie")
    joined(owner, Role.COLLEAGUE)
    eva = joined(owner, Role.ADMINISTRATOR, "Eva Moe")
    before = members(owner)
    async with tab(running.url, running.session(eva), "/en/team") as opened:
        assert len(opened.get(TEAM, "members")) == 3
        for question in ("role", "removal", "ownership"):
            await opened.send(
                f"{TEAM}.ask", question=question, member=row(opened, "Per Moen")["id"]
            )
        await opened.send(f"{TEAM}.save_role", fields={"new_role": "administrator"})
        await opened.send(f"{TEAM}.remove")
        await opened.send(f"{TEAM}.make_offer", fields={"member": row(opened, "Per Moen")["id"]})
        await opened.settled()
        assert not opened.get(TEAM, "question")
    assert members(owner) == before


async def test_an_administrator_s_form_cannot_make_administrators(running: Running) -> None:
    owner = people.add_owner("Skjema AS")
    eva = joined(owner, Role.ADMINISTRATOR)
    async with tab(running.url, running.session(eva), "/en/team") as opened:
        fields = form(email="ny@skjema.example", role="administrator")
        await opened.send(f"{TEAM}.invite", fields=fields)
        await opened.until(lambda t: t.get(TEAM, "errors"))
    assert invited(owner) == []


async def test_a_double_click_invites_once_and_is_no_error(running: Running) -> None:
    owner = people.add_owner("Dobbel AS")
    async with tab(running.url, running.session(owner.email), "/en/team") as opened:
        for _click in range(2):
            await opened.send(f"{TEAM}.invite", fields=form(email="ny@dobbel.example"))
        await opened.until(lambda t: t.get(TEAM, "sent"))
        await opened.settled()
        assert opened.get(TEAM, "errors") in (None, [])
        assert len(opened.get(TEAM, "invitations")) == 1
    assert len(invited(owner)) == 1


async def test_ids_of_another_customer_lead_nowhere(running: Running) -> None:
    owner, other = people.add_owner("Vår AS"), people.add_owner("Deres AS")
    joined(other, Role.COLLEAGUE, "Deres Kollega")
    async with tab(running.url, running.session(other.email), "/en/team") as theirs:
        await theirs.send(f"{TEAM}.invite", fields=form(email="ny@deres.example"))
        await theirs.until(lambda t: t.get(TEAM, "invitations"))
        member = row(theirs, "Deres Kollega")["id"]
        invitation = theirs.get(TEAM, "invitations")[0]["id"]
    async with tab(running.url, running.session(owner.email), "/en/team") as opened:
        said = []
        for identifier in (invitation, "00000000-0000-4000-8000-000000000000", "x"):
            for handler in ("remind", "take_back", "repeat"):
                await opened.send(f"{TEAM}.{handler}", invitation=identifier)
                await opened.settled()
                said.append(opened.get(TEAM, "overtaken"))
        assert len(set(said)) == 1
        assert said[0]
        await opened.send(f"{TEAM}.ask", question="removal", member=member)
        await opened.send(f"{TEAM}.remove")
        await opened.send(f"{TEAM}.make_offer", fields={"member": member})
        await opened.settled()
        assert "Deres Kollega" not in opened.everything
    assert len(members(other)) == 2
    assert invited(other)[0].ended_at is None


async def test_a_stale_sign_in_is_led_to_the_password_and_back_to_the_question(
    running: Running,
) -> None:
    owner = people.add_owner("Gammel AS")
    joined(owner, Role.COLLEAGUE)
    session = running.session(owner.email)
    async with tab(running.url, session, "/en/team") as opened:
        member = row(opened, "Per Moen")["id"]
        await opened.send(f"{TEAM}.ask", question="removal", member=member)
        await opened.until(lambda t: t.get(TEAM, "question") == "removal")
        grow_stale(owner.email)
        await opened.send(f"{TEAM}.remove")
        left = await opened.until(lambda t: t.get(FRAME, "leave_to"))
    assert left == (f"/en/confirm-identity?next=/en/team%3Fask%3Dremoval%26member%3D{member}")
    assert len(members(owner)) == 2
    async with tab(running.url, session, f"/en/team?ask=removal&member={member}") as opened:
        assert opened.get(TEAM, "question") in (None, "")


@pytest.mark.parametrize("question", ["role", "removal", "ownership"])
async def test_every_question_needs_a_recent_sign_in(running: Running, question: str) -> None:
    owner = people.add_owner("Fersk AS")
    joined(owner, Role.COLLEAGUE)
    session = running.session(owner.email)
    grow_stale(owner.email)
    async with tab(running.url, session, "/en/team") as opened:
        await opened.send(f"{TEAM}.ask", question=question, member=row(opened, "Per Moen")["id"])
        await opened.until(lambda t: t.get(FRAME, "leave_to"))
        assert opened.get(TEAM, "question") in (None, "")


async def test_a_removed_member_s_open_tab_shows_and_does_nothing_any_more(
    running: Running,
) -> None:
    owner = people.add_owner("Ute AS", name="Ane Lie")
    eva = joined(owner, Role.ADMINISTRATOR)
    async with (
        tab(running.url, running.session(owner.email), "/en/team") as ane,
        tab(running.url, running.session(eva), "/en/team") as theirs,
    ):
        await ane.send(f"{TEAM}.ask", question="removal", member=row(ane, "Per Moen")["id"])
        await ane.send(f"{TEAM}.remove")
        await ane.until(lambda t: len(t.get(TEAM, "members")) == 1)
        await theirs.send(f"{TEAM}.invite", fields=form(email="ny@ute.example"))
        await theirs.until(lambda t: t.get(FRAME, "leave_to"))
        assert theirs.get(TEAM, "members") == []
    assert invited(owner) == []
    assert running.browser(eva).get("/en/overview").status_code == 200  # of their own customer


async def test_two_owners_who_remove_each_other_at_once_leave_one(running: Running) -> None:
    owner = people.add_owner("To eiere AS", name="Ane Lie")
    other = joined(owner, Role.OWNER)
    async with (
        tab(running.url, running.session(owner.email), "/en/team") as one,
        tab(running.url, running.session(other), "/en/team") as two,
    ):
        await one.send(f"{TEAM}.ask", question="removal", member=row(one, "Per Moen")["id"])
        await two.send(f"{TEAM}.ask", question="removal", member=row(two, "Ane Lie")["id"])
        for opened in (one, two):
            await opened.until(lambda t: t.get(TEAM, "question") == "removal")
        await asyncio.gather(one.send(f"{TEAM}.remove"), two.send(f"{TEAM}.remove"))
        await asyncio.gather(*(opened.settled() for opened in (one, two)))
    assert list(members(owner).values()) == ["owner"]


async def test_the_last_owner_cannot_be_asked_to_go(running: Running) -> None:
    owner = people.add_owner("Siste AS", name="Ane Lie")
    async with tab(running.url, running.session(owner.email), "/en/team") as opened:
        await opened.send(f"{TEAM}.ask", question="removal", member=row(opened, "Ane Lie")["id"])
        await opened.send(f"{TEAM}.remove")
        await opened.until(lambda t: t.get(TEAM, "overtaken"))
    assert members(owner) == {owner.email: "owner"}


async def test_ownership_is_handed_over_by_two_people(running: Running) -> None:
    owner = people.add_owner("Arv AS", name="Ane Lie")
    heir = joined(owner, Role.COLLEAGUE)
    async with tab(running.url, running.session(owner.email), "/en/team") as ane:
        await ane.send(f"{TEAM}.ask", question="ownership", member="")
        member = row(ane, "Per Moen")["id"]
        await ane.send(f"{TEAM}.make_offer", fields={"member": member, "and_you": "step down"})
        await ane.until(lambda t: t.get(TEAM, "offer"))
    assert members(owner) == {owner.email: "owner", heir: "colleague"}
    session = running.session(heir)
    async with tab(running.url, session, "/en/team/ownership") as per:
        assert "Ane Lie" in per.get(OWNERSHIP, "asks")
        await per.send(f"{OWNERSHIP}.accept")
        assert await per.until(lambda t: t.get(FRAME, "leave_to")) == "/en/team"
    assert members(owner) == {owner.email: "administrator", heir: "owner"}


async def test_nobody_answers_for_somebody_else(running: Running) -> None:
    owner = people.add_owner("Svar AS", name="Ane Lie")
    joined(owner, Role.COLLEAGUE)
    eva = joined(owner, Role.ADMINISTRATOR, "Eva Moe")
    async with tab(running.url, running.session(owner.email), "/en/team") as ane:
        await ane.send(f"{TEAM}.make_offer", fields={"member": row(ane, "Per Moen")["id"]})
        await ane.until(lambda t: t.get(TEAM, "offer"))
    for email in (eva, owner.email, KARI, NILS, EVA):
        async with tab(running.url, running.session(email), "/en/team/ownership") as opened:
            assert not opened.get(OWNERSHIP, "asks")
            await opened.send(f"{OWNERSHIP}.accept")
            await opened.until(lambda t: t.get(OWNERSHIP, "overtaken"))
    assert list(members(owner).values()).count("owner") == 1


async def test_yes_to_ownership_needs_a_recent_sign_in(running: Running) -> None:
    owner = people.add_owner("Passord AS", name="Ane Lie")
    heir = joined(owner, Role.COLLEAGUE)
    async with tab(running.url, running.session(owner.email), "/en/team") as ane:
        await ane.send(f"{TEAM}.make_offer", fields={"member": row(ane, "Per Moen")["id"]})
        await ane.until(lambda t: t.get(TEAM, "offer"))
    session = running.session(heir)
    grow_stale(heir)
    async with tab(running.url, session, "/en/team/ownership") as per:
        await per.send(f"{OWNERSHIP}.accept")
        left = await per.until(lambda t: t.get(FRAME, "leave_to"))
    assert left == "/en/confirm-identity?next=/en/team/ownership"
    assert members(owner)[heir] == "colleague"
