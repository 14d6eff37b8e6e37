"""Data requests in real browsers: asked, put off, answered; by a stranger without script, too."""

import pytest
from playwright.sync_api import Page, expect

from portal.languages import LOCALES
from tests import people
from tests.browser.conftest import People
from tests.browser.test_filled_documents import fits_a_phone, has_no_barrier
from tests.people import AUD, OLA
from tests.running import Running


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.usefixtures("no_complaints")
def test_request_is_asked_put_off_answered_and_read(people_at: People, running: Running) -> None:
    owner = people.add_owner("Reise AS", name="Randi Ås")
    randi = people_at(owner.email)
    randi.goto(f"{running.url}/en/data")
    randi.get_by_role("link", name="Object, or ask for something").click()
    randi.get_by_role("radio", name="Correct something").check()
    press(randi, "Continue")
    expect(randi.get_by_role("link", name="Company details and sites: Company")).to_be_visible()
    press(randi, "Send request")
    expect(randi.get_by_role("alert")).to_contain_text("Tell us in a few words")
    randi.get_by_label("What is wrong, and how is it right?").fill("I am called Randi Aas.")
    press(randi, "Send request")
    expect(randi.get_by_text("We have your request. You have our answer by")).to_be_visible()
    expect(randi.locator("#requests")).to_contain_text("Waits for our answer")

    aud = people_at(AUD)
    aud.goto(f"{running.url}/en/support/requests")
    aud.get_by_role("button", name="Open Correction, Randi Ås, Reise AS").click()
    expect(aud.get_by_text("I am called Randi Aas.")).to_be_visible()
    aud.get_by_role("radio", name="One month more").check()
    aud.get_by_label("Why it takes longer").fill("The register is being moved.")
    press(aud, "Put the answer off")
    expect(aud.get_by_text("Done. The person is told by mail.")).to_be_visible()
    aud.get_by_label("Your answer").fill("It is corrected.")
    press(aud, "Send answer")
    expect(aud.get_by_role("heading", name="The answer")).to_be_visible()
    press(aud, "All requests")
    expect(aud.locator("#answered")).to_contain_text("Randi Ås")

    randi.reload()
    own = randi.locator("#requests")
    expect(own).to_contain_text("The register is being moved.")
    expect(own).to_contain_text("It is corrected.")


@pytest.mark.usefixtures("no_complaints")
def test_objections_stand_apart_and_surveys_stop_by_one_press(
    people_at: People, running: Running
) -> None:
    owner = people.add_owner("Protest AS")
    page = people_at(owner.email)
    page.goto(f"{running.url}/en/data/requests")
    apart = page.get_by_role("region", name="Your right to object")
    apart.get_by_role("button", name="Send me no surveys").click()
    expect(apart.get_by_role("status")).to_contain_text("Done. We send you no surveys any more.")
    page.goto(f"{running.url}/en/preferences")
    expect(page.locator("#record")).to_contain_text("No: Satisfaction surveys")


@pytest.mark.usefixtures("no_complaints")
def test_restriction_is_granted_and_its_person_sees_it(people_at: People, running: Running) -> None:
    owner = people.add_owner("Stille AS", name="Sverre Li")
    page = people_at(owner.email)
    page.goto(f"{running.url}/en/data/requests")
    page.get_by_role("radio", name="Only keep my data for now").check()
    press(page, "Continue")
    press(page, "Send request")
    expect(page.get_by_text("We have your request.")).to_be_visible()
    aud = people_at(AUD)
    aud.goto(f"{running.url}/en/support/requests")
    aud.get_by_role("button", name="Open Restriction, Sverre Li, Stille AS").click()
    press(aud, "Restrict the use")
    expect(aud.get_by_role("button", name="End the restriction")).to_be_visible()
    page.reload()
    expect(page.get_by_text("We only keep your data at present")).to_be_visible()


def test_alarm_contact_sees_only_what_applies(people_at: People, running: Running) -> None:
    page = people_at(OLA)
    page.goto(f"{running.url}/en/data/requests")
    expect(page.get_by_role("button", name="Object to something else")).to_be_visible()
    expect(page.get_by_role("button", name="Send me no surveys")).to_have_count(0)
    expect(page.get_by_role("button", name="Object to price categories")).to_have_count(0)
    expect(page.get_by_role("radio", name="Give me my data to take along")).to_have_count(0)
    expect(page.get_by_role("radio")).to_have_count(5)


def test_stranger_asks_and_confirms_without_script_in_every_language(
    people_at: People, running: Running
) -> None:
    plain = people_at("", java_script_enabled=False)
    page = people_at("", bypass_csp=True, viewport={"width": 320, "height": 640})
    for locale in LOCALES:
        email = f"fremmed-{locale}@documents.example"
        plain.goto(f"{running.url}/{locale}/privacy/request")
        plain.locator("input[name=kind][value=erase]").check()
        plain.locator("input[name=name]").fill("Ida Strand")
        plain.locator("input[name=email]").fill(email)
        plain.locator("form button").last.click()
        plain.wait_for_url(f"**/{locale}/privacy/request/sent")
        page.goto(running.url + running.mailed_link(email, "data-request"))
        page.wait_for_url(f"**/{locale}/privacy/request/confirm")
        has_no_barrier(page)
        fits_a_phone(page)
        link = page.url
        page.locator("form button").last.click()
        page.wait_for_url(f"**/{locale}/privacy/request/confirmed")
        page.reload()
        expect(page.locator("main form")).to_have_count(0)
        expect(page.locator("h1")).to_be_visible()
        has_no_barrier(page)
        fits_a_phone(page)
        page.goto(link)
        expect(page.locator("main form")).to_have_count(0)
        has_no_barrier(page)
        fits_a_phone(page)


def test_form_that_comes_back_keeps_what_was_typed_and_takes_the_focus(
    people_at: People, running: Running
) -> None:
    page = people_at("", bypass_csp=True, viewport={"width": 320, "height": 640})
    page.goto(f"{running.url}/en/privacy/request")
    page.get_by_role("radio", name="Something else", exact=True).check()
    page.get_by_label("Name").fill("Ida Strand")
    press(page, "Send request")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Give us an email or a phone number")
    expect(page.get_by_role("radio", name="Something else", exact=True)).to_be_checked()
    expect(page.get_by_label("Name")).to_have_value("Ida Strand")
    has_no_barrier(page)
    fits_a_phone(page)


@pytest.mark.usefixtures("no_complaints")
def test_nobody_is_answered_before_the_call_and_who_is_not_reached_is_closed(
    people_at: People, running: Running
) -> None:
    stranger = people_at()
    stranger.goto(f"{running.url}/en/privacy/request")
    stranger.get_by_role("radio", name="Delete something").check()
    stranger.get_by_label("Name").fill("Tora Lie")
    stranger.get_by_label("Phone").fill("900 00 412")
    press(stranger, "Send request")
    expect(stranger.get_by_text("We call you back on the number")).to_be_visible()

    aud = people_at(AUD)
    aud.goto(f"{running.url}/en/support/requests")
    aud.get_by_role("button", name="Open Deletion, Tora Lie").click()
    expect(aud.get_by_text("It is not sure yet whose request this is")).to_be_visible()
    expect(aud.get_by_label("Your answer")).to_have_count(0)
    aud.get_by_label("What you tried, and what came of it").fill("Called on three days.")
    aud.get_by_role("button", name="Close the request").dblclick()
    expect(aud.get_by_text("Closed. Nobody is told.")).to_be_visible()
    expect(aud.get_by_text("Called on three days.")).to_be_visible()
    expect(aud.get_by_label("Your answer")).to_have_count(0)
    press(aud, "All requests")
    expect(aud.locator("#answered")).to_contain_text("Tora Lie")
    expect(aud.locator("#answered")).to_contain_text("Closed, nobody found")


def test_lead_s_bar_breaks_no_word_on_a_phone(people_at: People, running: Running) -> None:
    aud = people_at(AUD, viewport={"width": 360, "height": 640})
    for locale in LOCALES:
        aud.goto(f"{running.url}/{locale}/support/requests")
        words = aud.locator(".navigation__list > li:visible > .navigation__link > span:visible")
        expect(words).to_have_count(3)
        heights = words.evaluate_all("all => all.map(each => each.offsetHeight)")
        assert len(set(heights)) == 1, f"{locale}: {words.all_inner_texts()} {heights}"


@pytest.mark.parametrize("step", ["own", "form", "case"])
def test_pages_have_no_barrier_at_any_step(people_at: People, running: Running, step: str) -> None:
    owner = people.add_owner(f"Hinder {step} AS", name="Ragnhild Kristiansen-Bjørnstad")
    page = people_at(owner.email, bypass_csp=True, viewport={"width": 320, "height": 640})
    page.goto(f"{running.url}/en/data/requests")
    page.get_by_role("radio", name="Only keep my data for now").check()
    press(page, "Continue")
    expect(page.get_by_label("Why shall we only keep them?")).to_be_visible()
    if step != "form":
        press(page, "Send request")
        expect(page.get_by_text("We have your request.")).to_be_visible()
    if step == "case":
        page = people_at(AUD, bypass_csp=True, viewport={"width": 320, "height": 640})
        page.goto(f"{running.url}/en/support/requests")
        page.get_by_role("button", name=f"Open Restriction, {owner.name}, Hinder case AS").click()
        expect(page.get_by_label("Your answer")).to_be_visible()
    has_no_barrier(page)
    fits_a_phone(page)
