"""The register of processing in a real browser: read by a support lead, and taken along."""

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.test_every_page import AXE
from tests.people import AUD
from tests.running import Running

PAGE = "/en/support/register"


def test_aud_reads_an_activity_with_the_keyboard_and_takes_the_register_along(
    people_at: People, running: Running, tmp_path: Path
) -> None:
    page = people_at(AUD)
    page.goto(f"{running.url}{PAGE}")
    activity = page.get_by_role("region", name="What we do with data").locator(
        "details", has_text="To send help when the alarm sounds"
    )
    activity.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(activity).to_contain_text("Alarm contacts: Vital interests, 6(1)(d)")
    expect(activity.get_by_role("table", name="How long each is kept")).to_contain_text("Code word")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download as JSON").click()
    file = tmp_path / taken.value.suggested_filename
    taken.value.save_as(file)
    assert file.name == "register-of-processing.json"
    found = json.loads(file.read_text(encoding="utf-8"))
    assert "monitoring" in [each["purpose"] for each in found["activities"]]


@pytest.mark.parametrize("width", [360, 1280])
def test_everything_opened_it_has_no_barrier_and_does_not_scroll_sideways(
    people_at: People, running: Running, width: int
) -> None:
    page = people_at(AUD, bypass_csp=True)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{running.url}{PAGE}")
    expect(page.get_by_role("heading", name="Every column")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    results = Axe().run(page, options=AXE)
    assert [each["id"] for each in results.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
