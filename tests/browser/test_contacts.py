"""The call list in a browser: moving by buttons and by hand, and losing no word."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.actor import system
from portal.contacts.importing import import_contacts
from portal.customers.models import Customer
from portal.database import transaction
from tests import people
from tests.browser.conftest import People
from tests.customers.files import text
from tests.people import Newcomer
from tests.running import Running


def row(name: str, phone: str, **cells: str) -> dict[str, str]:
    return {"name": name, "phone": phone, "role": "decide"} | cells


THREE = (
    row("Anna Aas", "900 00 151"),
    row("Bo Berg", "900 00 152"),
    row("Cecilie Dahl", "900 00 153", role="cancel"),
)


@pytest.fixture
def owner(running: Running) -> Newcomer:
    return people.add_owner("Liste AS", name="Ane Lie")


def fill(owner: Newcomer, *rows: dict[str, str]) -> None:
    """Put people on the list of the owner's site, as the back office would."""
    with transaction() as db:
        number = db.get_one(Customer, owner.customers[0]).number
        cells = [{"customer_number": number} | each for each in rows]
        import_contacts(db, system("test"), text(*cells).encode(), now=datetime.now(UTC))


def opened(page: Page, running: Running) -> Page:
    page.goto(f"{running.url}/en/contacts")
    expect(page.locator("#call-list")).to_be_visible()
    return page


def names(page: Page) -> Locator:
    return page.locator("#call-list ol > li[data-entry] h3")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.usefixtures("no_complaints")
def test_a_move_is_announced_keeps_the_focus_and_can_be_undone(
    people_at: People, running: Running, owner: Newcomer
) -> None:
    fill(owner, *THREE)
    page = opened(people_at(owner.email), running)
    expect(names(page)).to_have_text(["Anna Aas", "Bo Berg", "Cecilie Dahl"])
    down = page.get_by_role("button", name="Move down Anna Aas")
    down.focus()
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["Bo Berg", "Anna Aas", "Cecilie Dahl"])
    expect(page.get_by_role("status").filter(has_text="number 2 of 3")).to_be_visible()
    expect(down).to_be_focused()
    page.get_by_role("button", name=re.compile("Undo")).click()
    expect(names(page)).to_have_text(["Anna Aas", "Bo Berg", "Cecilie Dahl"])


@pytest.mark.usefixtures("no_complaints")
def test_somebody_is_dragged_to_another_place(
    people_at: People, running: Running, owner: Newcomer
) -> None:
    fill(owner, *THREE)
    page = opened(people_at(owner.email, viewport={"width": 1280, "height": 1600}), running)
    knots = page.locator("#call-list li[data-entry]")
    start, end = knots.nth(0).locator(".knot__mark").bounding_box(), knots.nth(2).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + end["height"] / 2, steps=10)
    page.mouse.up()
    expect(names(page)).to_have_text(["Bo Berg", "Cecilie Dahl", "Anna Aas"])
    page.reload()
    expect(names(page)).to_have_text(["Bo Berg", "Cecilie Dahl", "Anna Aas"])


@pytest.mark.usefixtures("no_complaints")
def test_two_who_move_at_once_see_one_list_and_a_word_about_the_other(
    people_at: People, running: Running, owner: Newcomer
) -> None:
    fill(owner, *THREE)
    one, two = (opened(people_at(owner.email), running) for _ in range(2))
    expect(names(two)).to_have_count(3)
    one.get_by_role("button", name="Move down Anna Aas").click()
    expect(names(one)).to_have_text(["Bo Berg", "Anna Aas", "Cecilie Dahl"])
    two.get_by_role("button", name="Move up Cecilie Dahl").click()
    expect(two.locator("#call-list").get_by_text("Ane Lie")).to_be_visible()
    expect(names(two)).to_have_text(["Bo Berg", "Anna Aas", "Cecilie Dahl"])


@pytest.mark.usefixtures("no_complaints")
def test_wrong_input_is_explained_and_what_was_typed_stays(
    people_at: People, running: Running, owner: Newcomer
) -> None:
    page = opened(people_at(owner.email), running)
    button(page, "Add alarm contact").first.click()
    form = page.locator("#add")
    form.get_by_label("Name", exact=True).fill("Guðrún O'Brien")
    form.get_by_label("Phone").fill("12")
    form.get_by_role("button", name="Add and invite").click()
    summary = form.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(form.get_by_label("Name", exact=True)).to_have_value("Guðrún O'Brien")
    expect(form.get_by_label("Phone")).to_have_value("12")
    form.get_by_label("Phone").fill("900 00 161")
    form.get_by_label("May decide during an alarm").check()
    expect(form.get_by_text("Decides with us what happens")).to_be_visible()
    form.get_by_label("I have told this person").check()
    form.get_by_role("button", name="Add and invite").click()
    expect(names(page)).to_have_text(["Guðrún O'Brien"])
    expect(page.locator("#call-list")).to_contain_text("No email")


@pytest.mark.usefixtures("no_complaints")
def test_the_last_one_who_can_be_reached_goes_only_after_an_explicit_yes(
    people_at: People, running: Running, owner: Newcomer
) -> None:
    fill(owner, THREE[0])
    page = opened(people_at(owner.email), running)
    page.get_by_role("button", name=re.compile("Remove.*Anna Aas")).click()
    question = page.get_by_role("dialog", name="Remove Anna Aas from the list?")
    sure = question.get_by_label("I know that nobody is called then")
    question.get_by_role("button", name="Remove").click()
    expect(sure).to_be_visible()
    expect(names(page)).to_have_count(1)
    sure.check()
    question.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nobody would be called yet")).to_be_visible()


@pytest.mark.usefixtures("no_complaints")
def test_an_imported_list_invites_nobody_before_a_member_confirms_it(
    people_at: People, running: Running, owner: Newcomer
) -> None:
    email = f"anna-{owner.email}"
    fill(owner, THREE[0] | {"email": email})
    page = opened(people_at(owner.email), running)
    expect(page.locator("#call-list")).to_contain_text("Not told yet")
    page.get_by_label("I have told").check()
    page.get_by_role("button", name=re.compile("Confirm")).click()
    expect(page.get_by_role("status").filter(has_text="1 invitation is on its way")).to_be_visible()
    expect(page.locator("#call-list")).to_contain_text("Invited")
    assert running.mailed_link(email, "invitation")
