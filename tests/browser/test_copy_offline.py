"""A copy of one's data in real browsers: taken with a press, read without a network."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from sqlmodel import col

from portal.accounts.models import SignInSession
from portal.accounts.sign_in import acting_as
from portal.actor import Actor, Role
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.models import Customer
from portal.database import transaction
from portal.languages import LOCALES, using
from portal.notices.giving import record_given
from portal.notices.models import Audience, Channel
from portal.privacy import copy_archive, copy_page
from portal.privacy.copy_archive import copy_of_person
from portal.settings import get_settings
from tests import people
from tests.browser.conftest import People
from tests.browser.test_filled_documents import has_no_barrier
from tests.guests import Guest
from tests.people import KARI, OLA, PASSWORD, user
from tests.running import Running

WIDTHS = (1280, 360)
# Each part of an address is a text of its own; one that stands on two lines was cut in the middle.
CUT = """() => [...document.querySelectorAll('.unhyphenated')]
  .filter(each => each.textContent.includes('@'))
  .flatMap(each => [...each.childNodes].filter(part => part.nodeType === Node.TEXT_NODE))
  .filter(part => {
    const range = document.createRange();
    range.selectNode(part);
    return new Set([...range.getClientRects()].map(line => line.top)).size > 1;
  })
  .map(part => part.textContent)"""
ON_INDEX, ON_A_PAGE = 15, 20  # few, because axe reads every cell


@dataclass(frozen=True)
class Opened:
    """A copy's folder, and a browser that has no network."""

    folder: Path
    page: Page

    def go(self, file: str = "index.html") -> Page:
        self.page.goto(f"file://{self.folder}/{file}")
        return self.page


@pytest.fixture
def offline(browser: Browser, console: list[str]) -> Iterator[Page]:
    # Axe is a script that the pages' own policy would not let in.
    context = browser.new_context(offline=True, bypass_csp=True)
    page = context.new_page()
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    yield page
    context.close()


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_archive, "MOST_ON_INDEX", ON_INDEX)
    for module in (copy_archive, copy_page):
        monkeypatch.setattr(module, "ON_A_PAGE", ON_A_PAGE)


def unpacked(actor: Actor, locale: str, folder: Path) -> Path:
    """The files of somebody's copy."""
    packed = folder / "copy.zip"
    with using(locale), closing(copy_of_person(actor, now=datetime.now(UTC))) as pieces:  # pyright: ignore[reportArgumentType]
        packed.write_bytes(b"".join(pieces))
    with ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder


def looked_at(actor: Actor, times: int) -> None:
    """Somebody else has changed something, as often as that."""
    siri = Actor(None, "", "en", system="back office")
    with transaction() as db:
        for number in reversed(range(times)):  # the trail is written as time goes by
            at = datetime.now(UTC) - timedelta(hours=number)
            event = AuditEvent.COMPANY_CHANGED
            trail.record(db, event, siri, now=at, subject=actor.user, case=f"CASE-{number}")


def owner_with_a_history() -> Actor:
    """An owner with a long name, a contact, notices, and more in the log than one page holds."""
    name = "Annbjørg Kristine Langmyrhaugen-Østensjøvik av Nordre Fjellhammer"
    guest = Guest(f"copy{time.time_ns()}@documents.example", made=datetime.now(UTC))
    with transaction() as db:
        found = db.get_one(people.User, guest.owner.user_id)
        found.name = name
        customer = db.get_one(Customer, guest.owner.customers[0])
        customer.products = ["Burglar alarm", "Fire alarm"]
        db.add_all([found, customer])
        for audience, locale in ((Audience.CUSTOMER, "nb"), (Audience.CUSTOMER, "fi")):
            now, by = datetime.now(UTC), Channel.MAIL
            record_given(db, audience, locale=locale, channel=by, now=now, user_id=found.id)
    actor = Actor(found.id, name, "en", customer.id, Role.OWNER)
    looked_at(actor, 2 * ON_A_PAGE + 5)
    return actor


@pytest.mark.usefixtures("no_complaints")
def test_a_copy_is_read_without_a_network_in_every_language(
    running: Running, offline: Page, tmp_path: Path
) -> None:
    actor = owner_with_a_history()
    for locale in LOCALES:
        (tmp_path / locale).mkdir()
        copy = Opened(unpacked(actor, locale, tmp_path / locale), offline)
        notices = [f"notices/{each.name}" for each in (copy.folder / "notices").iterdir()]
        assert len(notices) == 2
        read = ["index.html", "pages/person-access-log-1.html"]
        for file in read if locale != "en" else [*read, *notices]:  # notices keep their language
            page = copy.go(file)
            expect(page.locator("h1")).to_be_visible()
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, file
                if locale == "en" or width == WIDTHS[-1]:
                    has_no_barrier(page)


@pytest.mark.usefixtures("no_complaints")
@pytest.mark.parametrize("locale", LOCALES)
def test_no_address_is_cut_in_the_middle_on_a_phone(
    running: Running, offline: Page, tmp_path: Path, locale: str
) -> None:
    with transaction() as db:
        kari = user(db, KARI)
        actor = replace(acting_as(kari), locale=locale)
    page = Opened(unpacked(actor, locale, tmp_path), offline).go()
    address = page.locator("dd .unhyphenated").filter(has_text=KARI).first
    for width in (WIDTHS[-1], 180):  # on the second no address has room on one line
        page.set_viewport_size({"width": width, "height": 900})
        expect(address).to_be_visible()
        assert page.evaluate(CUT) == []
    assert address.evaluate("each => each.getClientRects().length") > 1
    below = page.locator(".card div").first.evaluate(
        "each => each.lastElementChild.getBoundingClientRect().top"
        " >= each.firstElementChild.getBoundingClientRect().bottom"
    )
    assert below  # what it is called stands above the value


@pytest.mark.usefixtures("no_complaints")
def test_every_link_inside_a_copy_leads_somewhere(
    running: Running, offline: Page, tmp_path: Path
) -> None:
    copy = Opened(unpacked(owner_with_a_history(), "en", tmp_path), offline)
    for file in sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.html")):
        page = copy.go(str(file))
        links = page.locator("a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
        for link in links:
            if link.startswith(("https://", "mailto:", "tel:", f"{get_settings().origin}/")):
                continue
            target, _, part = link.partition("#")
            led = (copy.folder / file).parent / target if target else copy.folder / file
            assert led.is_file(), f"{file}: {link}"
            if part:
                assert f'id="{part}"' in led.read_text(encoding="utf-8"), f"{file}: {link}"


def test_a_contact_s_copy_says_who_named_them_and_prints(
    running: Running, offline: Page, tmp_path: Path
) -> None:
    with transaction() as db:
        ola = acting_as(user(db, OLA))
    copy = Opened(unpacked(ola, "en", tmp_path), offline)
    page = copy.go()
    own = page.locator("section").filter(has=page.get_by_role("heading", name="alarm contact"))
    expect(own).to_contain_text("Nordlys Bakeri AS")
    expect(page.locator("body")).not_to_contain_text("Berit")
    expect(page.get_by_role("heading", name="If you want to complain")).to_be_visible()
    assert len(page.pdf(format="A4")) > 10_000


@pytest.mark.usefixtures("no_complaints")
def test_one_press_saves_the_file(
    people_at: People, running: Running, offline: Page, tmp_path: Path
) -> None:
    owner = people.add_owner("Kopi AS", name="Ane Lie")
    ane = people_at(owner.email)
    ane.goto(f"{running.url}/en/data")
    expect(ane.get_by_role("link", name="Download the company's record")).to_be_visible()
    with ane.expect_download() as coming:
        ane.get_by_role("link", name="Download my data").click()
    assert coming.value.suggested_filename.startswith("sensornordic-my-data-")
    expect(ane.get_by_role("heading", name="A copy of everything")).to_be_visible()
    with ZipFile(coming.value.path()) as archive:
        archive.extractall(tmp_path)
    page = Opened(tmp_path, offline).go()
    expect(page.locator("main")).to_contain_text(owner.email)
    expect(page.locator("main")).to_contain_text("Kopi AS")


def test_a_member_sees_no_way_to_the_record_of_the_company(
    people_at: People, running: Running
) -> None:
    tor = people_at(people.TOR)
    tor.goto(f"{running.url}/en/data")
    expect(tor.get_by_role("link", name="Download my data")).to_be_visible()
    expect(tor.get_by_role("link", name="Download the company's record")).to_have_count(0)


def test_the_download_begins_by_itself_after_the_password_without_script(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Passord AS", name="Ane Lie")
    ane = people_at(owner.email, java_script_enabled=False)
    with transaction() as db:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        mine = col(SignInSession.user_id) == owner.user_id
        db.execute(update(SignInSession).where(mine).values(authenticated_at=long_ago))
    ane.goto(f"{running.url}/download/my-data?l=en")
    expect(ane.locator("h1")).to_have_text("Is it still you?")
    ane.get_by_label("Password").fill(PASSWORD)
    with ane.expect_download() as coming:
        ane.get_by_role("button", name="Continue").click()
        expect(ane.locator("h1")).to_have_text("The download begins")
    assert coming.value.suggested_filename.endswith(".zip")
    ane.get_by_role("link", name="Back to your data").click()
    expect(ane).to_have_url(f"{running.url}/en/data")


@pytest.mark.parametrize("document", ["data/copy", "data/company-record"])
def test_the_documents_of_a_download_are_readable(
    people_at: People, running: Running, document: str
) -> None:
    owner = people.add_owner("Lesbar AS", name="Ane Lie")
    page = people_at(owner.email, bypass_csp=True, viewport={"width": 320, "height": 640})
    page.route("**/download/**", lambda route: route.fulfill(status=204))
    for locale in LOCALES:
        page.goto(f"{running.url}/{locale}/{document}")
        expect(page.locator("h1")).to_be_visible()
        has_no_barrier(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
