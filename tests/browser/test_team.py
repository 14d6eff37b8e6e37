"""The team in real browsers: inviting, roles, leaving, and handing ownership over."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, update

from portal.accounts.models import SignInSession
from portal.actor import Role
from portal.customers.models import Member
from portal.database import transaction
from tests import people
from tests.browser.conftest import People
from tests.people import Newcomer
from tests.running import Running

PASSWORD = "lang-fjord-og-nord-4711"


def opened(page: Page, running: Running) -> Page:
    page.goto(f"{running.url}/en/team")
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    return page


def invite(page: Page, name: str, email: str, role: str = "Colleague") -> None:
    form = page.locator("#invite")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Email").fill(email)
    form.get_by_label(role, exact=True).check()
    form.get_by_label("Language").select_option("en")
    form.get_by_role("button", name="Invite colleague").click()


def thing(page: Page, name: str) -> Locator:
    """The card of a member, or of somebody invited."""
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=name))


def mate_of(owner: Newcomer, role: Role = Role.COLLEAGUE) -> Newcomer:
    """Per Moen, who has an account, and acts for the owner's customer alone."""
    mate = people.add_owner(name="Per Moen")
    with transaction() as db:
        db.add(
            Member(
                user_id=mate.user_id,
                customer_id=owner.customers[0],
                role=role.value,
                created_at=datetime.now(UTC),
            )
        )
    return mate


def grow_stale(person: Newcomer) -> None:
    past = datetime.now(UTC) - timedelta(minutes=11)
    with transaction() as db:
        db.exec(
            update(SignInSession)
            .where(col(SignInSession.user_id) == person.user_id)
            .values(authenticated_at=past)
        )


@pytest.mark.usefixtures("no_complaints")
def test_an_invited_colleague_joins_and_the_team_sees_it(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Bakeriet AS", name="Ane Lie")
    email = f"per-{owner.email}"
    ane = opened(people_at(owner.email), running)
    invite(ane, "Per Moen", email, "Administrator")
    expect(ane.locator("#invite").get_by_role("status").last).to_contain_text(email)
    expect(ane.locator("#invite").get_by_label("Name")).to_have_value("")
    expect(thing(ane, "Per Moen")).to_contain_text("Invited")
    thing(ane, "Per Moen").get_by_role("button", name="Send one reminder").click()
    expect(thing(ane, "Per Moen")).to_contain_text("We have reminded them once")
    expect(thing(ane, "Per Moen").get_by_role("button")).to_have_count(1)

    per = people_at()
    per.goto(f"{running.url}{running.mailed_link(email, 'invitation')}")
    expect(per.locator("main")).to_contain_text("Ane Lie")
    per.get_by_role("button", name="Accept invitation").click()
    per.get_by_label("New password").fill(PASSWORD)
    per.get_by_role("button", name="Set password").click()
    per.wait_for_url("**/en/overview")
    expect(per.locator("header")).to_contain_text("Bakeriet AS")

    opened(ane, running)
    expect(thing(ane, "Per Moen")).to_contain_text("Administrator")
    expect(ane.get_by_role("heading", name="Invitations")).to_have_count(0)
    opened(per, running)
    expect(thing(per, "Per Moen (you)")).to_be_visible()
    expect(per.get_by_role("button", name="Remove")).to_have_count(0)
    expect(per.locator("#invite").get_by_label("Administrator")).to_have_count(0)


@pytest.mark.usefixtures("no_complaints")
def test_wrong_input_is_explained_twice_and_kept(people_at: People, running: Running) -> None:
    owner = people.add_owner("Feil AS", name="Ane Lie")
    page = opened(people_at(owner.email), running)
    invite(page, "Per Moen", "post@feil.example")
    summary = page.locator("#invite").get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.locator("#email-message")).not_to_be_empty()
    expect(page.locator("#invite").get_by_label("Name")).to_have_value("Per Moen")
    invite(page, "Ane Lie", owner.email)
    expect(page.locator("#email-message")).to_contain_text("Ane Lie is in the team already")
    summary.get_by_role("link").click()
    expect(page.locator("#email")).to_be_focused()


@pytest.mark.usefixtures("no_complaints")
def test_an_invitation_is_taken_back_and_its_link_leads_nowhere(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Angre AS")
    email = f"per-{owner.email}"
    page = opened(people_at(owner.email), running)
    invite(page, "Per Moen", email)
    link = running.mailed_link(email, "invitation")
    thing(page, "Per Moen").get_by_role("button", name="Take back").click()
    expect(page.get_by_role("status").filter(has_text="is taken back")).to_be_visible()
    expect(thing(page, "Per Moen")).to_have_count(0)
    assert running.browser().get(link).status_code in {303, 410}
    invite(page, "Per Moen", email)
    expect(thing(page, "Per Moen")).to_contain_text("Invited")


@pytest.mark.usefixtures("no_complaints")
def test_a_stale_sign_in_enters_the_password_and_is_back_at_the_question(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Passord AS", name="Ane Lie")
    mate_of(owner)
    page = opened(people_at(owner.email), running)
    grow_stale(owner)
    thing(page, "Per Moen").get_by_role("button", name="Change role").click()
    page.wait_for_url(re.compile("/en/confirm-identity"))
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Continue").click()
    question = page.get_by_role("dialog", name="What may Per Moen do?")
    expect(question.get_by_label("Colleague", exact=True)).to_be_checked()
    question.get_by_label("Administrator", exact=True).check()
    question.get_by_role("button", name="Change role").click()
    expect(question).to_have_count(0)
    expect(thing(page, "Per Moen")).to_contain_text("Administrator")
    expect(page.get_by_role("status").filter(has_text="Per Moen has changed")).to_be_visible()


@pytest.mark.usefixtures("no_complaints")
def test_a_member_is_removed_after_a_question(people_at: People, running: Running) -> None:
    owner = people.add_owner("Ut AS", name="Ane Lie")
    mate = mate_of(owner)
    page, theirs = opened(people_at(owner.email), running), people_at(mate.email)
    theirs.goto(f"{running.url}/en/overview")
    expect(theirs.locator("header")).to_contain_text("Ut AS")
    thing(page, "Per Moen").get_by_role("button", name="Remove").click()
    question = page.get_by_role("dialog", name="Remove Per Moen from the team?")
    question.get_by_role("button", name="Keep").click()
    expect(question).to_have_count(0)
    thing(page, "Per Moen").get_by_role("button", name="Remove").click()
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    thing(page, "Per Moen").get_by_role("button", name="Remove").click()
    question.get_by_role("button", name="Remove").click()
    expect(thing(page, "Per Moen")).to_have_count(0)
    assert running.browser(mate.email).get("/en/account").status_code == 200
    assert running.browser(mate.email).get("/en/overview").status_code == 404


@pytest.mark.usefixtures("no_complaints")
def test_ownership_is_handed_over_and_the_giver_steps_down(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Arv AS", name="Ane Lie")
    mate = mate_of(owner)
    ane, per = opened(people_at(owner.email), running), people_at(mate.email)
    expect(thing(ane, "Ane Lie (you)").get_by_role("button")).to_have_count(0)
    ane.get_by_role("button", name="Offer ownership").click()
    question = ane.get_by_role("dialog", name="Offer ownership")
    question.get_by_label("I step down").check()
    question.get_by_role("button", name="Ask them").click()
    expect(ane.locator("#ownership")).to_contain_text("Per Moen can say yes or no until")

    per.goto(f"{running.url}/en/overview")
    per.get_by_role("link", name="Answer").click()
    expect(per.locator("main")).to_contain_text("Ane Lie asks you to be an owner of Arv AS")
    per.get_by_role("button", name="Become owner").click()
    per.wait_for_url("**/en/team")
    expect(thing(per, "Per Moen (you)")).to_contain_text("Owner")
    expect(thing(per, "Ane Lie")).to_contain_text("Administrator")

    # Ane's open page belongs to what she was: her next click loads what she may now.
    ane.get_by_role("button", name="Withdraw the offer").click()
    expect(thing(ane, "Ane Lie (you)")).to_contain_text("Administrator")
    expect(ane.get_by_role("heading", name="Ownership")).to_have_count(0)


@pytest.mark.usefixtures("no_complaints")
def test_one_of_two_owners_leaves_the_team(people_at: People, running: Running) -> None:
    owner = people.add_owner("Farvel AS", name="Ane Lie")
    mate = mate_of(owner, Role.OWNER)
    ane = opened(people_at(owner.email), running)
    thing(ane, "Ane Lie (you)").get_by_role("button", name="Leave the team").click()
    question = ane.get_by_role("dialog", name="Leave the team?")
    expect(question).to_contain_text("comes back only if another owner wants it")
    question.get_by_role("button", name="Leave").click()
    ane.wait_for_url("**/en/account")
    assert running.browser(mate.email).get("/en/team").status_code == 200
