"""Marketing in real browsers: choosing, stopping by a link, breaks, and the record of it all."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.database import reading
from portal.languages import LOCALES
from portal.marketing.audience import audience
from portal.marketing.models import Channel, Topic
from portal.marketing.unsubscribe_links import UnsubscribeLink, unsubscribe_address
from tests import people
from tests.browser.conftest import People
from tests.browser.test_filled_documents import fits_a_phone, has_no_barrier
from tests.running import Running


def opened(page: Page, running: Running) -> Page:
    page.goto(f"{running.url}/en/preferences")
    expect(page.get_by_role("heading", name="What we may send you")).to_be_visible()
    return page


def switch(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name)


def save(page: Page) -> None:
    form = page.locator("#choices")
    form.get_by_role("button", name="Save choices").click()
    expect(form.get_by_role("status").last).to_contain_text("Saved")


def is_sent(email: str, topic: Topic) -> bool:
    """Whether the senders are given this address, now."""
    with reading() as db:
        found = audience(db, topic, Channel.EMAIL, now=datetime.now(UTC))
        return email in [each.address for each in found]


def link_in_a_mail(running: Running, email: str, locale: str = "en") -> str:
    link = unsubscribe_address(UnsubscribeLink(Channel.EMAIL, Topic.OFFERS, email), locale)
    return f"{running.url}/unsubscribe/{link.rpartition('/unsubscribe/')[2]}"


@pytest.mark.usefixtures("no_complaints")
def test_a_yes_is_chosen_saved_recorded_and_counts_at_once(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Tilbud AS", name="Ane Lie")
    ane = opened(people_at(owner.email), running)
    expect(ane.get_by_text("Never asked: we send nothing.").first).to_be_visible()
    expect(switch(ane, "Offers by email")).not_to_be_checked()
    switch(ane, "Offers by email").press("Space")
    save(ane)
    assert is_sent(owner.email, Topic.OFFERS)
    assert not is_sent(owner.email, Topic.INFORMATION)

    opened(ane, running)
    expect(switch(ane, "Offers by email")).to_be_checked()
    expect(switch(ane, "Offers by SMS")).not_to_be_checked()
    record = ane.locator("#record")
    expect(record).to_contain_text("Yes: Offers by email")
    record.get_by_text("What was shown").first.click()
    expect(record).to_contain_text("New alarms and services from SensorNordic")
    with ane.expect_download() as coming:
        record.get_by_role("link", name="Download as JSON").first.click()
    receipt = json.loads(coming.value.path().read_text(encoding="utf-8"))
    assert "New alarms and services" in json.dumps(receipt)


@pytest.mark.usefixtures("no_complaints")
def test_a_link_in_a_mail_stops_without_script_and_sign_in_and_the_page_tells_of_it(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Avmeldt AS", name="Ane Lie")
    ane = opened(people_at(owner.email), running)
    switch(ane, "Offers by email").press("Space")
    switch(ane, "Useful information by email").press("Space")
    save(ane)

    reader = people_at("", java_script_enabled=False)
    reader.goto(link_in_a_mail(running, owner.email))
    expect(reader).to_have_url(f"{running.url}/en/unsubscribe")
    expect(reader.get_by_label("Offers")).to_be_checked()
    expect(reader.locator("main")).not_to_contain_text(owner.email)
    assert is_sent(owner.email, Topic.OFFERS)
    reader.get_by_role("button", name="Unsubscribe").click()
    expect(reader.locator("h1")).to_have_text("You are unsubscribed")
    assert not is_sent(owner.email, Topic.OFFERS)
    assert is_sent(owner.email, Topic.INFORMATION)

    opened(ane, running)
    expect(switch(ane, "Offers by email")).not_to_be_checked()
    expect(switch(ane, "Useful information by email")).to_be_checked()
    expect(ane.locator("#choices")).to_contain_text("by the link in a mail")


@pytest.mark.usefixtures("no_complaints")
def test_everything_stops_with_one_press_and_a_stale_tab_revives_nothing(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Stopp AS", name="Ane Lie")
    stale = opened(people_at(owner.email), running)
    switch(stale, "Offers by email").press("Space")
    save(stale)
    other = opened(people_at(owner.email), running)
    other.get_by_role("button", name="Stop everything").click()
    expect(other.get_by_text("Stopped. We send you no marketing any more.")).to_be_visible()
    assert not is_sent(owner.email, Topic.OFFERS)

    switch(stale, "Useful information by email").press("Space")
    save(stale)
    expect(switch(stale, "Offers by email")).not_to_be_checked()  # the page was drawn anew
    assert is_sent(owner.email, Topic.INFORMATION)
    assert not is_sent(owner.email, Topic.OFFERS)


@pytest.mark.usefixtures("no_complaints")
def test_a_break_holds_everything_and_ends_when_its_maker_likes(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Pause AS", name="Ane Lie")
    ane = opened(people_at(owner.email), running)
    switch(ane, "Offers by email").press("Space")
    save(ane)
    form = ane.locator("#pause")
    form.get_by_role("button", name="Pause marketing").click()
    expect(form.get_by_role("alert")).to_contain_text("Choose a day.")
    switch(ane, "Useful information by email").press("Space")  # and not saved
    form.get_by_label("Quiet up to and including").fill(
        (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 - the browser's own day
    )
    form.get_by_role("button", name="Pause marketing").click()
    expect(ane.get_by_text("We are quiet up to and including").first).to_be_visible()
    assert not is_sent(owner.email, Topic.OFFERS)
    expect(switch(ane, "Offers by email")).to_be_checked()
    expect(switch(ane, "Useful information by email")).to_be_checked()
    ane.get_by_role("button", name="End the pause").click()
    expect(ane.get_by_text("The pause is over.")).to_be_visible()
    assert is_sent(owner.email, Topic.OFFERS)
    expect(switch(ane, "Useful information by email")).to_be_checked()
    assert not is_sent(owner.email, Topic.INFORMATION)


def test_unsubscribing_is_readable_at_every_step_in_every_language(
    people_at: People, running: Running
) -> None:
    page = people_at("", bypass_csp=True, viewport={"width": 320, "height": 640})
    email = "a-rather-long-address.of-somebody@documents.example"
    for locale in LOCALES:
        page.goto(link_in_a_mail(running, email, locale))
        expect(page).to_have_url(f"{running.url}/{locale}/unsubscribe")
        expect(page.get_by_role("checkbox")).to_have_count(len(Topic))
        has_no_barrier(page)
        fits_a_phone(page)
        page.get_by_role("button").last.click()
        expect(page.get_by_role("checkbox")).to_have_count(0)
        has_no_barrier(page)
        fits_a_phone(page)


def test_nothing_ticked_is_explained_and_a_broken_link_tells_the_way_forward(
    people_at: People, running: Running
) -> None:
    page = people_at("", bypass_csp=True, viewport={"width": 320, "height": 640})
    page.goto(link_in_a_mail(running, "ida@documents.example"))
    page.get_by_label("Offers").uncheck()
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what we shall no longer send.")
    has_no_barrier(page)
    fits_a_phone(page)
    stranger = people_at("", bypass_csp=True, viewport={"width": 320, "height": 640})
    stranger.goto(f"{link_in_a_mail(running, 'ida@documents.example').partition('?')[0]}x?l=en")
    expect(stranger.locator("main")).to_contain_text("Open the link in our message once more")
    has_no_barrier(stranger)
    fits_a_phone(stranger)
