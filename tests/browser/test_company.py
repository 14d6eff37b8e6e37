"""The company page in real browsers: wrong input, two people at once, a dropped connection."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import people
from tests.browser.conftest import People
from tests.running import Running


def company(page: Page, running: Running, name: str) -> None:
    page.goto(f"{running.url}/en/company")
    expect(page.locator("#identity").get_by_label("Company name")).to_have_value(name)


@pytest.mark.usefixtures("no_complaints")
def test_wrong_input_is_explained_twice_and_kept(people_at: People, running: Running) -> None:
    page = people_at(people.add_owner("Feil AS").email)
    company(page, running, "Feil AS")
    reach = page.locator("#reach")
    phone = reach.get_by_label("Phone")
    phone.fill("12")
    reach.get_by_label("Invoice email").fill("faktura@")
    reach.get_by_role("button", name="Save changes").click()
    summary = reach.get_by_role("alert")
    expect(summary).to_be_visible()
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(phone).to_have_value("12")
    expect(reach.get_by_label("Invoice email")).to_have_value("faktura@")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#phone-message")).not_to_be_empty()
    summary.get_by_role("link").first.click()
    expect(phone).to_be_focused()
    phone.fill("73 00 05 00")
    reach.get_by_label("Invoice email").fill("")
    reach.get_by_role("button", name="Save changes").click()
    expect(reach.get_by_role("status")).to_have_text("Saved")
    expect(reach.get_by_role("alert")).to_have_count(0)
    expect(phone).to_have_value("+47 73 00 05 00")


@pytest.mark.usefixtures("no_complaints")
def test_two_people_who_edit_at_once_lose_nothing(people_at: People, running: Running) -> None:
    someone = people.add_owner("Samtidig AS", name="Ane Lie")
    one, two = people_at(someone.email), people_at(someone.email)
    company(one, running, "Samtidig AS")
    company(two, running, "Samtidig AS")
    for page, phone in ((one, "73 00 06 01"), (two, "73 00 06 02")):
        page.locator("#reach").get_by_label("Phone").fill(phone)
    one.locator("#reach").get_by_role("button", name="Save changes").click()
    expect(one.locator("#reach").get_by_role("status")).to_have_text("Saved")
    two.locator("#reach").get_by_role("button", name="Save changes").click()
    expect(two.locator("#reach")).to_contain_text("Somebody else has changed this")
    expect(two.locator("#reach")).to_contain_text("+47 73 00 06 01")
    expect(two.locator("#reach").get_by_label("Phone")).to_have_value("73 00 06 02")
    two.locator("#reach").get_by_role("button", name="Save changes").click()
    expect(two.locator("#reach").get_by_role("status")).to_have_text("Saved")
    one.reload()
    expect(one.locator("#reach").get_by_label("Phone")).to_have_value("+47 73 00 06 02")


@pytest.mark.usefixtures("no_complaints")
def test_saving_one_group_keeps_what_was_typed_in_another(
    people_at: People, running: Running
) -> None:
    page = people_at(people.add_owner("Grupper AS").email)
    company(page, running, "Grupper AS")
    address = page.locator("#postal").get_by_label("Address", exact=True)
    address.fill("Bakken 22")
    page.locator("#identity").get_by_label("Company name").fill("Grupper og Venner AS")
    page.locator("#identity").get_by_role("button", name="Save changes").click()
    expect(page.locator("#identity").get_by_role("status")).to_have_text("Saved")
    expect(address).to_have_value("Bakken 22")


# Going offline in Chromium's tools leaves open sockets alone: this cuts them, and no new one opens.
TUNNEL = """
const sockets = [];
const Through = window.WebSocket;
window.WebSocket = class extends Through {
  constructor(url, protocols) {
    super(window.inTunnel ? "ws://127.0.0.1:9/" : url, protocols);
    sockets.push(this);
  }
};
window.enterTunnel = () => { window.inTunnel = true; sockets.forEach((each) => each.close()); };
window.leaveTunnel = () => { window.inTunnel = false; };
"""


def test_a_dropped_connection_keeps_what_was_typed(people_at: People, running: Running) -> None:
    page = people_at(people.add_owner("Tunnel AS").email)
    page.add_init_script(TUNNEL)
    company(page, running, "Tunnel AS")
    phone = page.locator("#reach").get_by_label("Phone")
    phone.fill("73 00 07 00")
    page.evaluate("enterTunnel()")
    expect(page.locator(".connection-notice")).to_be_visible()
    page.locator("#reach").get_by_label("Invoice email").fill("faktura@tunnel.example")
    expect(phone).to_have_value("73 00 07 00")
    page.evaluate("leaveTunnel()")
    expect(page.locator(".connection-notice")).to_have_count(0, timeout=15_000)
    expect(phone).to_have_value("73 00 07 00")
    page.locator("#reach").get_by_role("button", name="Save changes").click()
    expect(page.locator("#reach").get_by_role("status")).to_have_text("Saved")
    page.reload()
    expect(phone).to_have_value("+47 73 00 07 00")
    expect(page.locator("#reach").get_by_label("Invoice email")).to_have_value(
        "faktura@tunnel.example"
    )


@pytest.mark.usefixtures("no_complaints")
def test_a_site_is_renamed_and_a_move_asked_for_and_withdrawn(
    people_at: People, running: Running
) -> None:
    page = people_at(people.add_owner("Flytter AS").email)
    company(page, running, "Flytter AS")
    sites = page.locator("#sites")
    sites.get_by_text("Rename", exact=True).click()
    sites.get_by_label("Name of the site").fill("Hovedkontoret")
    sites.get_by_role("button", name="Save changes").click()
    expect(sites).to_contain_text("Hovedkontoret")
    sites.get_by_text("We are moving", exact=True).click()
    sites.get_by_label("Address", exact=True).fill("Nyveien 3")
    sites.get_by_label("Postal code").fill("7010")
    sites.get_by_label("City").fill("Trondheim")
    sites.get_by_label("Moving day").fill(str((datetime.now(UTC) + timedelta(days=30)).date()))
    sites.get_by_role("button", name="Ask to move").click()
    expect(sites).to_contain_text("Waiting for SensorNordic")
    sites.get_by_role("button", name="Withdraw the move").click()
    expect(sites).not_to_contain_text("Waiting for SensorNordic")


@pytest.mark.usefixtures("no_complaints")
def test_a_move_asked_for_elsewhere_meanwhile_is_shown_and_can_be_withdrawn(
    people_at: People, running: Running
) -> None:
    email = people.add_owner("Dobbel AS").email
    tabs = [people_at(email), people_at(email)]
    day = str((datetime.now(UTC) + timedelta(days=30)).date())
    for page in tabs:
        company(page, running, "Dobbel AS")
        sites = page.locator("#sites")
        sites.get_by_text("We are moving", exact=True).click()
        sites.get_by_label("Postal code").fill("7010")
        sites.get_by_label("City").fill("Trondheim")
        sites.get_by_label("Moving day").fill(day)
    for page, street in zip(tabs, ("Nyveien 3", "Nyveien 5"), strict=True):
        page.locator("#sites").get_by_label("Address", exact=True).fill(street)
        page.get_by_role("button", name="Ask to move").click()
        expect(page.locator("#sites")).to_contain_text("Waiting for SensorNordic")
    sites = tabs[1].locator("#sites")
    expect(sites).to_contain_text("There is a request already")
    expect(sites).to_contain_text("Nyveien 3")
    sites.get_by_role("button", name="Withdraw the move").click()
    expect(sites).not_to_contain_text("Waiting for SensorNordic")
    history = tabs[1].locator("#history")
    tabs[1].reload()
    expect(history).to_contain_text("Nyveien 3, 7010 Trondheim")
    expect(history).not_to_contain_text(day)


@pytest.mark.usefixtures("no_complaints")
def test_a_wrong_moving_request_is_explained_in_its_own_form(
    people_at: People, running: Running
) -> None:
    page = people_at(people.add_owner("Feilflytter AS").email)
    company(page, running, "Feilflytter AS")
    sites = page.locator("#sites")
    sites.get_by_text("We are moving", exact=True).click()
    sites.get_by_label("Postal code").fill("1")
    for _ in range(2):  # the same mistake twice: the summary takes the focus each time
        sites.get_by_role("button", name="Ask to move").click()
        summary = sites.get_by_role("alert").filter(has_text="Please look")
        expect(summary).to_be_focused()
        sites.get_by_label("Postal code").focus()
    expect(sites.get_by_label("Postal code")).to_have_value("1")
    expect(sites.get_by_label("Postal code")).to_have_attribute("aria-invalid", "true")


@pytest.mark.usefixtures("no_complaints")
def test_no_two_things_on_the_page_have_one_id(people_at: People, running: Running) -> None:
    page = people_at(people.add_owner("Unik AS").email)
    for path in ("overview", "company", "account"):
        page.goto(f"{running.url}/en/{path}")
        expect(page.locator("h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        twice = page.evaluate(
            "[...document.querySelectorAll('[id]')].map((e) => e.id)"
            ".filter((id, at, all) => all.indexOf(id) !== at)"
        )
        assert twice == [], path


@pytest.mark.usefixtures("no_complaints")
def test_acting_for_another_customer_loads_every_page_anew(
    people_at: People, running: Running
) -> None:
    someone = people.add_owner("Alfa AS", "Beta AS")
    page = people_at(someone.email)
    company(page, running, "Alfa AS")
    old = page.context.new_page()
    company(old, running, "Alfa AS")
    page.locator(".menu__button", has_text="Alfa AS").first.click()
    page.get_by_role("button", name="Beta AS").first.click()
    page.wait_for_url("**/en/overview")
    page.goto(f"{running.url}/en/company")
    expect(page.locator("#identity").get_by_label("Company name")).to_have_value("Beta AS")
    # The old tab saves nothing into Beta: its next click loads it anew.
    old.locator("#identity").get_by_label("Company name").fill("Alfa og Omega AS")
    old.locator("#identity").get_by_role("button", name="Save changes").click()
    expect(old.locator("#identity").get_by_label("Company name")).to_have_value("Beta AS")


@pytest.mark.usefixtures("no_complaints")
def test_hostile_words_are_only_words(people_at: People, running: Running) -> None:
    page = people_at(people.add_owner("Skript AS").email)
    company(page, running, "Skript AS")
    hostile = "<img src=x onerror=alert(1)>{{7*7}}</a>"
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    page.locator("#identity").get_by_label("Company name").fill(hostile)
    page.locator("#identity").get_by_role("button", name="Save changes").click()
    expect(page.locator("#identity").get_by_role("status")).to_have_text("Saved")
    expect(page.locator("#history")).to_contain_text(hostile)
    page.goto(f"{running.url}/en/overview")
    expect(page.locator("body")).to_contain_text(hostile)
    assert page.locator("img[src=x]").count() == 0
