"""Deleting one's data in a browser: the preview, the way back, and being gone."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, update

from portal.accounts.models import SignInSession
from portal.database import reading, transaction
from tests import people
from tests.browser.conftest import People
from tests.running import Running

pytestmark = pytest.mark.browser


def signed_in_lately(email: str) -> None:
    with transaction() as db:
        mine = col(SignInSession.user_id) == people.user(db, email).id
        now = datetime.now(UTC)
        db.execute(update(SignInSession).where(mine).values(authenticated_at=now))


def to_the_preview(page: Page, running: Running, choice: str) -> None:
    page.goto(f"{running.url}/en/data")
    page.get_by_role("link", name="Delete my data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall we delete?")
    page.get_by_role("article").filter(has_text=choice).get_by_role("link").click()


def test_an_owner_sees_what_it_means_asks_for_it_and_keeps_everything(
    running: Running, people_at: People
) -> None:
    owner = people.add_owner("Slettes AS")
    page = people_at(owner.email)
    signed_in_lately(owner.email)
    to_the_preview(page, running, "Delete my whole account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete my whole account")
    expect(page.get_by_text("You are its only owner")).to_be_visible()

    page.get_by_label(re.compile("To confirm, type")).fill("somebody@else.example")
    page.get_by_role("button", name="Delete permanently").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("That is not the same")
    field = page.get_by_label(re.compile("To confirm, type"))
    expect(field).to_have_value("somebody@else.example")

    field.fill(owner.email)
    page.get_by_role("button", name="Delete permanently").click()
    waiting = page.get_by_text(re.compile("Your whole account will be deleted on")).first
    expect(waiting).to_be_visible()

    other_tab = page.context.new_page()
    other_tab.goto(f"{running.url}{running.mailed_link(owner.email, 'keep-account')}")
    other_tab.get_by_role("button", name="Keep my account").click()
    expect(other_tab.get_by_role("heading", level=1)).to_have_text("Nothing will be deleted")

    page.get_by_role("button", name=re.compile("Keep my account")).click()
    expect(page.get_by_role("button", name=re.compile("Keep my account"))).to_have_count(0)


@pytest.mark.usefixtures("no_complaints")
def test_whoever_stands_on_a_call_list_only_is_gone_at_once(
    running: Running, people_at: People
) -> None:
    nobody_s = people.add_owner()  # an account that acts for nobody, as a former contact's
    page = people_at(nobody_s.email)
    signed_in_lately(nobody_s.email)
    to_the_preview(page, running, "Delete my whole account")
    page.get_by_label("Now. It cannot be undone").check()
    page.get_by_label(re.compile("To confirm, type")).fill(nobody_s.email)
    page.get_by_role("button", name="Delete permanently").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data are deleted")
    with reading() as db:
        assert people.find(db, nobody_s.email) is None
    page.goto(f"{running.url}/en/data")
    expect(page).to_have_url(re.compile("/en/sign-in"))
    stranger = people_at()
    stranger.goto(f"{running.url}{running.mailed_link(nobody_s.email, 'certificate')}")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Certificate of deletion")
