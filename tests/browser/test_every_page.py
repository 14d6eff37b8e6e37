"""What every page and document promises everybody: no barrier, no script where none is needed,
no sideways scrolling, no movement, no complaint, reachable with a keyboard alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from portal.languages import LOCALES
from portal.web.site_map import PAGES
from tests.browser.conftest import People
from tests.people import AUD, KARI, OLA
from tests.running import Running

PUBLIC = (
    "sign-in",
    "reset-password",
    "check-your-mail",
    "activate",
    "unsubscribe",
    "survey/thanks",
    "privacy/request",
    "privacy/request/sent",
    "no-such-page",
)
OWN = ("account/password", "account/email", "account/email/sent", "confirm-identity")
SIGNED_IN = tuple(page.path for page in PAGES)
EVERY = [(path, False) for path in PUBLIC] + [(path, True) for path in (*SIGNED_IN, *OWN)]
IDS = [path for path, _ in EVERY]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def reader_of(path: str) -> str:
    """Whose page it is: alarm contacts and support leads have pages of their own."""
    if path.startswith("support"):
        return AUD
    return OLA if path.startswith("my-alarms") else KARI


def opened(page: Page, running: Running, address: str, *, signed_in: bool) -> None:
    """Open it, and wait until it shows what it loads."""
    page.goto(f"{running.url}{address}")
    expect(page.locator("h1")).to_be_visible()
    if signed_in and address.split("/", 2)[2] in SIGNED_IN:
        expect(page.locator("header")).to_contain_text(re.compile("Nordlys|Kari|Ola|Aud"))
        page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("path", "signed_in"), EVERY, ids=IDS)
def test_axe_finds_no_barrier_in_any_language_light_or_dark(
    people_at: People, running: Running, path: str, signed_in: bool
) -> None:
    # Axe is a script that our policy would not let in.
    page = people_at(reader_of(path) if signed_in else "", bypass_csp=True)
    axe, found = Axe(), []
    for locale in LOCALES:
        opened(page, running, f"/{locale}/{path}", signed_in=signed_in)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            results = axe.run(page, options=AXE)
            for each in results.response["violations"]:
                nodes = [node["html"][:160] for node in each["nodes"][:3]]
                found.append(f"/{locale}/{path} {scheme}: {each['id']}: {nodes}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("path", "signed_in"), EVERY, ids=IDS)
def test_nothing_moves_nothing_overflows_nothing_complains(
    people_at: People, running: Running, console: list[str], path: str, signed_in: bool
) -> None:
    page = people_at(reader_of(path) if signed_in else "", viewport={"width": 320, "height": 640})
    for locale in ("en", "fi"):  # Finnish has the longest words
        opened(page, running, f"/{locale}/{path}", signed_in=signed_in)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, f"/{locale}/{path} is {width} px wide"
        if path not in {"no-such-page", "activate"}:  # their answers are 404 and 410
            assert console == []
        moved = page.evaluate("[window.layoutShift, window.shifted]")
        assert moved[0] < 0.01, f"/{locale}/{path} moved by {moved}"
    page.set_viewport_size({"width": 1280, "height": 800})
    opened(page, running, f"/en/{path}", signed_in=signed_in)
    moved = page.evaluate("[window.layoutShift, window.shifted]")
    assert moved[0] < 0.01, f"/en/{path} moved by {moved} on a desktop"


@pytest.mark.parametrize(("path", "signed_in"), EVERY, ids=IDS)
def test_a_keyboard_reaches_everything_and_sees_where_it_is(
    people_at: People, running: Running, path: str, signed_in: bool
) -> None:
    page = people_at(reader_of(path) if signed_in else "")
    opened(page, running, f"/en/{path}", signed_in=signed_in)
    reachable = page.locator(
        "a[href]:visible, button:enabled:visible, input:not([type=hidden]):visible,"
        " select:visible, summary:visible"
    ).count()
    seen: set[str] = set()
    for _ in range(reachable + 25):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              e.dataset.reached ||= String(Math.random());
              const s = getComputedStyle(e), r = e.getBoundingClientRect();
              const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
              return [e.dataset.reached, ring || s.boxShadow !== 'none', e.outerHTML.slice(0, 120),
                r.width > 0 && r.height > 0];
            }"""
        )
        if at is None:
            continue
        assert at[1], f"no focus can be seen on {at[2]}"
        assert at[3], f"focus is on something invisible: {at[2]}"
        seen.add(at[0])
    hidden_radios = page.locator("input[type=radio]:visible").count()
    assert len(seen) >= reachable - hidden_radios


def test_the_skip_link_leads_past_the_navigation(people_at: People, running: Running) -> None:
    page = people_at(KARI)
    opened(page, running, "/en/company", signed_in=True)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


@pytest.mark.parametrize("path", [*PUBLIC, *OWN])
def test_documents_work_without_script(people_at: People, running: Running, path: str) -> None:
    page = people_at(KARI if path in OWN else "", java_script_enabled=False)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    for locale in LOCALES:
        page.goto(f"{running.url}/{locale}/{path}")
        expect(page.locator("h1")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == locale
    assert not [url for url in loaded if url.endswith(".js")]


def test_the_language_menu_leads_to_the_same_page(people_at: People, running: Running) -> None:
    page = people_at()
    page.goto(f"{running.url}/en/reset-password")
    page.get_by_role("button", name=re.compile("Language")).click()
    page.get_by_role("link", name="Suomi").click()
    page.wait_for_url("**/fi/reset-password")
    assert page.locator("html").get_attribute("lang") == "fi"


@pytest.mark.usefixtures("no_complaints")
def test_the_components_have_no_barrier_either(people_at: People, running: Running) -> None:
    page = people_at(bypass_csp=True)
    page.goto(f"{running.url}/dev/components")
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for each in Axe().run(page, options=AXE).response["violations"]:
            nodes = [node["html"][:160] for node in each["nodes"][:3]]
            found.append(f"{scheme}: {each['id']}: {nodes}")
    assert not found, "\n".join(found)
