"""What a person waits for, in Chromium: the page, the data after a click, the word *Saved*."""

from collections.abc import Iterator
from statistics import median

from playwright.sync_api import BrowserContext, Page, expect

from bench.ground import COMPANY_PATH, KARI, PASSWORD, Ground
from bench.results import Result
from bench.visits import Visits, per_second
from bench.weight import browser, signed_in_cookies

# Measured for a Django portal that people praise, on two cores.
DJANGO_PAGES, DJANGO_CLICK, DJANGO_SAVE = 92, 105, 89
MOST_CLICK, MOST_SAVE = 60, 40  # milliseconds

# From the click to the customer's name in its field, as the page's own clock sees it.
_CLICK_TO_DATA = """() => new Promise((done) => {
  const filled = () => document.querySelector('main input[name="name"]')?.value;
  const started = performance.now();
  const watch = new MutationObserver(() => {
    if (filled()) { watch.disconnect(); done(performance.now() - started); }
  });
  watch.observe(document, {childList: true, subtree: true, attributes: true, characterData: true});
  document.querySelector('nav a[href$="/en/company"]').click();
})"""
# A saved form is drawn anew, so that the word belongs to this save and not to the last one.
_SAVE_TO_CONFIRMATION = """(phone) => new Promise((done) => {
  const form = () => document.querySelector('input[name="phone"]').form;
  const before = form();
  before.elements.phone.value = phone;
  const started = performance.now();
  const watch = new MutationObserver(() => {
    const saved = [...form().querySelectorAll('[role="status"]')]
      .some((status) => status.textContent.includes('Saved'));
    if (form() !== before && saved) { watch.disconnect(); done(performance.now() - started); }
  });
  watch.observe(document, {childList: true, subtree: true, attributes: true, characterData: true});
  before.querySelector('button[type="submit"]').click();
})"""


def measure(ground: Ground) -> Iterator[Result]:
    times = 8 if ground.quick else 30
    with ground.portal(10) as server:
        pages = per_second(Visits(server.url, KARI, PASSWORD, ground.seconds(6), page=COMPANY_PATH))
        with browser() as chromium:
            context = chromium.new_context(base_url=server.url)
            context.add_cookies(signed_in_cookies(chromium, server.url))
            clicks = [_click(context) for _ in range(times)]
            saves = _saves(context.new_page(), times)
    yield Result(
        "signed-in pages a second",
        f"{pages:.0f}/s",
        f"{DJANGO_PAGES}/s (Django)",
        pages / DJANGO_PAGES,
        f"> {DJANGO_PAGES}/s",
        pages > DJANGO_PAGES,
    )
    yield _waiting("from click to data", median(clicks), DJANGO_CLICK, MOST_CLICK)
    yield _waiting("from save to confirmation", median(saves), DJANGO_SAVE, MOST_SAVE)


def _waiting(what: str, found: float, django: int, most: int) -> Result:
    return Result(
        f"{what}, in Chromium",
        f"{found:.0f} ms",
        f"{django} ms (Django)",
        found / django,
        f"<= {most} ms",
        found <= most,
    )


def _click(context: BrowserContext) -> float:
    """In a tab that has not seen the company page yet."""
    page = context.new_page()
    page.goto("/en/overview")
    expect(page.get_by_text("Nordlys Bakeri AS").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    found = page.evaluate(_CLICK_TO_DATA)
    page.close()
    return found


def _saves(page: Page, times: int) -> list[float]:
    page.goto(COMPANY_PATH)
    expect(page.get_by_label("Company name")).to_have_value("Nordlys Bakeri AS")
    page.wait_for_load_state("networkidle")
    numbers = [f"+47 73 00 01 {10 + number}" for number in range(times)]
    return [page.evaluate(_SAVE_TO_CONFIRMATION, number) for number in numbers]
