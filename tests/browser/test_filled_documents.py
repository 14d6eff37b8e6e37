"""The documents that have something to say, as they are when they say it: no barrier, no sideways
scrolling, with long names, in every language, in light and in dark."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from portal.accounts.models import User
from portal.database import transaction
from portal.languages import LOCALES
from tests.browser.conftest import People
from tests.browser.test_every_page import AXE
from tests.guests import Guest
from tests.people import NILS
from tests.running import Running

Step = Callable[[Page], None]


def press(name: str) -> Step:
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


STEPS: dict[str, tuple[str, list[Step]]] = {
    "offer": ("alarm contact", []),
    "account": ("your account", [press("Accept invitation")]),
    "asked twice": ("alarm contact", [press("Decline")]),
    "declined": ("You said no", [press("Decline"), press("Decline")]),
    "not me": ("removed the address", [press("This is not me")]),
}


def has_no_barrier(page: Page) -> None:
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for each in Axe().run(page, options=AXE).response["violations"]:
            nodes = [node["html"][:160] for node in each["nodes"][:3]]
            found.append(f"{page.url} {scheme}: {each['id']}: {nodes}")
    assert not found, "\n".join(found)


def fits_a_phone(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, f"{page.url} is {width} px wide"


@pytest.mark.parametrize("step", STEPS)
def test_an_invitation_is_readable_at_every_step(
    people_at: People, running: Running, step: str
) -> None:
    words, presses = STEPS[step]
    guest = Guest(f"{step.replace(' ', '')}@documents.example")
    page = people_at("", bypass_csp=True, viewport={"width": 320, "height": 640})
    page.goto(running.url + running.mailed_link(guest.email, "invitation"))
    for act in presses:
        act(page)
    expect(page.locator("h1")).to_contain_text(words)
    has_no_barrier(page)
    fits_a_phone(page)


def test_an_offer_is_readable_in_every_language(people_at: People, running: Running) -> None:
    guest = Guest("languages@documents.example")
    page = people_at("", bypass_csp=True, viewport={"width": 320, "height": 640})
    page.goto(running.url + running.mailed_link(guest.email, "invitation"))
    for locale in LOCALES:
        page.goto(f"{running.url}/{locale}/invitation")
        expect(page.locator("h1")).to_be_visible()
        expect(page.get_by_text("Ida Strand").first).to_be_visible()
        has_no_barrier(page)
        fits_a_phone(page)


def test_another_account_is_told_the_way_forward(people_at: People, running: Running) -> None:
    guest = Guest("other@documents.example")
    page = people_at(NILS, bypass_csp=True, viewport={"width": 320, "height": 640})
    page.goto(running.url + running.mailed_link(guest.email, "invitation"))
    page.goto(f"{running.url}/en/invitation")
    press("Accept invitation")(page)
    expect(page.locator("main")).to_contain_text("other@documents.example")
    has_no_barrier(page)
    fits_a_phone(page)


@pytest.mark.parametrize("document", ["code-word", "letter"])
def test_a_member_s_documents_about_a_contact_are_readable(
    people_at: People, running: Running, document: str
) -> None:
    guest = Guest(f"{document}@documents.example", made=datetime.now(UTC))
    with transaction() as db:
        owner = db.get_one(User, guest.owner.user_id).email
    page = people_at(owner, bypass_csp=True, viewport={"width": 320, "height": 640})
    for locale in ("en", "fi"):
        page.goto(f"{running.url}/{locale}/contacts/{document}/{guest.added.contact_id}")
        expect(page.get_by_text("Ida Strand").first).to_be_visible()
        has_no_barrier(page)
        fits_a_phone(page)
