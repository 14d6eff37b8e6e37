"""Getting in and out: activation, sign-in, sign-out, forgotten password, change of address."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.database import transaction
from tests import people
from tests.browser.conftest import People
from tests.people import PASSWORD
from tests.running import Running

NEW = "fire-fjell-og-en-fjord"


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def leave(page: Page) -> None:
    page.locator(".menu__button", has_text=re.compile("\\w")).filter(has=page.locator("svg")).nth(
        0
    ).wait_for()
    for button in page.locator("header .menu__button").all():
        button.click()
        out = page.get_by_role("button", name="Sign out", exact=True)
        if out.count() and out.first.is_visible():
            out.first.click()
            return
        page.keyboard.press("Escape")
    pytest.fail("there is no Sign out in the menus")


def not_activated(name: str) -> people.Newcomer:
    from datetime import UTC, datetime

    from portal.accounts.activation import send_activation
    from portal.actor import system

    someone = people.add_owner(f"{name}s Bakeri AS", name=name)
    with transaction() as db:
        person = people.user(db, someone.email)
        person.password_hash = person.activated_at = None
        db.add(person)
        send_activation(db, system("back office"), person, customers=[name], now=datetime.now(UTC))
    return someone


@pytest.mark.usefixtures("no_complaints")
def test_activation_from_the_mailbox_to_a_changed_phone_in_the_history(
    people_at: People, running: Running
) -> None:
    someone = not_activated("Liv Dale")
    running.mailed_link(someone.email, "activate")  # it has arrived
    page = people_at()
    page.goto(f"{running.url}/dev/mailbox")
    page.locator(f"text={someone.email}").first.wait_for()
    card = page.locator(".card", has_text=someone.email).first
    card.locator('a[href*="/go/activate/"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Choose a password")
    assert "/go/" not in page.url
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Set password").click()
    page.wait_for_url("**/en/overview")
    page.goto(f"{running.url}/en/company")
    reach = page.locator("#reach")
    phone = reach.get_by_label("Phone")
    expect(phone).to_have_value("+47 73 00 03 00")
    phone.fill("73 00 04 00")
    reach.get_by_role("button", name="Save changes").click()
    expect(reach.get_by_role("status")).to_have_text("Saved")
    history = page.locator("#history")
    expect(history).to_contain_text("Phone")
    expect(history).to_contain_text("Liv Dale")
    expect(history).to_contain_text("+47 73 00 04 00")
    page.reload()
    expect(phone).to_have_value("+47 73 00 04 00")


@pytest.mark.usefixtures("no_complaints")
def test_signing_in_leads_to_the_page_one_came_for(people_at: People, running: Running) -> None:
    someone = people.add_owner("Next AS")
    page = people_at()
    page.goto(f"{running.url}/en/company")
    sign_in(page, someone.email)
    page.wait_for_url("**/en/company")
    expect(page.get_by_role("heading", level=1)).to_have_text("Company")


def test_a_wrong_password_keeps_the_address_and_takes_the_focus(
    people_at: People, running: Running
) -> None:
    page = people_at()
    page.goto(f"{running.url}/en/sign-in")
    sign_in(page, "kari@nordlys.example", "wrong")
    summary = page.get_by_role("alert")
    expect(summary).to_be_visible()
    expect(summary).to_be_focused()
    expect(page.get_by_label("Email", exact=True)).to_have_value("kari@nordlys.example")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


def test_signing_out_leaves_nothing_behind(people_at: People, running: Running) -> None:
    someone = people.add_owner("Farvel AS", name="Vera Farvel")
    session = running.session(someone.email)
    page = people_at(session=session)
    page.goto(f"{running.url}/en/company")
    expect(page.locator("#identity").get_by_label("Company name")).to_have_value("Farvel AS")
    second = page.context.new_page()
    second.goto(f"{running.url}/en/account")
    expect(second.locator("#profile").get_by_label("Name")).to_have_value("Vera Farvel")
    leave(page)
    page.wait_for_url("**/en/sign-in?signed-out=1")
    expect(page.locator("body")).to_contain_text("You are signed out")
    assert page.evaluate("Object.keys(localStorage)") == []
    # The router notes, when a page is left, how far it was scrolled: numbers, and nothing else.
    kept = page.evaluate("Object.keys(sessionStorage)")
    assert set(kept) <= {"react-router-scroll-positions"}
    assert not [each for each in page.context.cookies() if each.get("name") == "session"]
    # The other tab, by itself.
    second.wait_for_url(re.compile("/en/sign-in"))
    assert "Vera" not in second.content()
    # And the way back.
    page.go_back()
    page.wait_for_url(re.compile("/en/sign-in"))
    assert "Farvel AS" not in page.content()


def test_a_changed_password_signs_other_devices_out_before_they_click(
    people_at: People, running: Running
) -> None:
    someone = people.add_owner("Passord AS", name="Pia Passord")
    here, there = people_at(someone.email), people_at(someone.email)
    there.goto(f"{running.url}/en/company")
    expect(there.locator("#identity").get_by_label("Company name")).to_have_value("Passord AS")
    here.goto(f"{running.url}/en/account")
    here.get_by_role("link", name="Change password").click()
    here.get_by_label("Current password").fill(PASSWORD)
    here.get_by_label("New password").fill(NEW)
    here.get_by_role("button", name="Set password").click()
    here.wait_for_url("**/en/account")
    there.wait_for_url(re.compile("/en/sign-in"))
    assert "Passord AS" not in there.content()
    here.reload()
    expect(here.locator("#profile").get_by_label("Name")).to_have_value("Pia Passord")


def test_a_forgotten_password_is_replaced_by_mail(people_at: People, running: Running) -> None:
    someone = people.add_owner("Glemt AS")
    page = people_at(java_script_enabled=False)
    page.goto(f"{running.url}/en/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email", exact=True).fill(someone.email)
    page.get_by_role("button", name="Send me a link").click()
    page.wait_for_url("**/en/check-your-mail")
    page.goto(running.url + running.mailed_link(someone.email, "reset-password"))
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Set password").click()
    page.wait_for_url("**/en/sign-in?password-set=1")
    sign_in(page, someone.email, NEW)
    page.wait_for_url("**/en/overview")


def test_an_address_is_changed_confirmed_and_brought_back(
    people_at: People, running: Running
) -> None:
    someone = people.add_owner("Adresse AS")
    new = someone.email.replace("newcomer", "thief")
    page = people_at(someone.email)
    page.goto(f"{running.url}/en/account")
    page.get_by_role("link", name="Change email").click()
    page.get_by_label("New email").fill(new)
    page.get_by_role("button", name="Send a confirmation").click()
    page.wait_for_url("**/en/account/email/sent")
    page.goto(running.url + running.mailed_link(new, "confirm-email"))
    page.get_by_role("button", name="Use this address").click()
    expect(page.locator("main")).to_contain_text(new)
    owner = people_at()
    owner.goto(running.url + running.mailed_link(someone.email, "undo-email"))
    owner.get_by_role("button", name="Undo the change").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("The change is undone")
    page.goto(f"{running.url}/en/account")
    page.wait_for_url(re.compile("/en/sign-in"))
    owner.goto(running.url + running.mailed_link(someone.email, "reset-password"))
    owner.get_by_label("New password").fill(NEW)
    owner.get_by_role("button", name="Set password").click()
    sign_in(owner, someone.email, NEW)
    owner.wait_for_url("**/en/overview")
