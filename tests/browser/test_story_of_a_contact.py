"""The whole story, in real browsers and with real mail: Kari names Ola, and Ola answers."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.contacts.course import course
from portal.contacts.models import ContactRole
from portal.worker import utc_now
from tests import people, running, servers
from tests.mail.conftest import Sink, serve
from tests.running import Running

OLA = "ola.i.tampere@berg.example"  # nobody's account yet
PATIENCE = 20  # seconds for a mail to leave and come


@pytest.fixture
def sink() -> Iterator[Sink]:
    taken = Sink()
    controller = serve(taken)
    yield taken
    controller.stop()


@pytest.fixture
def portal_with_mail(tmp_path: Path, sink: Sink) -> Iterator[Running]:
    """A portal of its own, with the demo people, that sends by SMTP."""
    server = servers.start(tmp_path, PORTAL_MAIL_URL=sink.url)
    running._work_on(server)
    found = Running(server.url, server.log)
    yield found
    found.close()
    running._work_at_home()
    servers.stop(server)


Arrive = Callable[..., Page]


@pytest.fixture
def arrive(browser: Browser, portal_with_mail: Running) -> Iterator[Arrive]:
    """Somebody's browser, on the portal that sends by SMTP."""
    contexts = []

    def come(email: str = "") -> Page:
        context = browser.new_context(base_url=portal_with_mail.url, locale="en-GB")
        contexts.append(context)
        if email:
            session = portal_with_mail.session(email)
            context.add_cookies(
                [{"name": "session", "value": session, "url": portal_with_mail.url}]
            )
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield come
    for context in contexts:
        context.close()


def mail_to(sink: Sink, recipient: str, about: str, *, after: int = 0) -> EmailMessage:
    """The newest mail to somebody whose subject or text says this."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for mail in reversed(sink.mails[after:]):
            if mail["To"] == recipient and about in f"{mail['Subject']} {text_of(mail)}":
                return mail
        time.sleep(0.05)
    pytest.fail(
        f"no mail about {about!r} came to {recipient}: {[m['Subject'] for m in sink.mails]}"
    )


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return " ".join(part.get_content().split()) if isinstance(part, EmailMessage) else ""


def link_in(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    found = re.search(r"https?://\S+/go/invitation/\S+", part.get_content())
    assert found, part.get_content()
    return found[0]


def ola_on_kari_s_page(page: Page) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Ola Tampere"))


def test_kari_names_ola_who_answers_in_finnish_and_nils_sees_nothing(
    arrive: Arrive, sink: Sink
) -> None:
    # Kari names Ola.
    kari = arrive(people.KARI)
    kari.goto("/en/contacts")
    kari.get_by_role("button", name="Add alarm contact").first.click()
    form = kari.locator("#add")
    form.get_by_label("Name", exact=True).fill("Ola Tampere")
    form.get_by_label("Phone").fill("+358 40 123 4567")
    form.get_by_label("Email").fill(OLA)
    form.get_by_label("Language").select_option("fi")
    form.get_by_label("May decide during an alarm").check()
    form.get_by_label(
        "I have told this person that SensorNordic will use their data for this"
    ).check()
    form.get_by_role("button", name="Add and invite").click()
    knot = ola_on_kari_s_page(kari)
    expect(knot).to_contain_text("Invited")

    # Ola reads the mail: in Finnish, who named him, and how to say no.
    mail = mail_to(sink, OLA, "Kari Nordli")
    assert mail["Content-Language"] == "fi"
    assert "Nordlys Bakeri AS" in text_of(mail)

    # Ola accepts, with an account of his own.
    ola = arrive()
    ola.goto(link_in(mail))
    assert "/fi/invitation" in ola.url
    assert not ola.url.split("/")[-1].startswith("invitation/")
    ola.locator("form[action='/auth/invitation/accept'] button[type=submit]").click()
    ola.locator("input[name=new_password]").fill("pohjoinen-kuusi-ja-leipomo")
    ola.locator("form[action='/auth/invitation/password'] button[type=submit]").click()
    ola.wait_for_url("**/fi/my-alarms")
    expect(ola.locator("main")).to_contain_text("Nordlys Bakeri AS")
    told = len(sink.mails)
    mail_to(sink, people.KARI, "Ola Tampere")
    kari.reload()
    expect(ola_on_kari_s_page(kari)).to_contain_text("Accepted")

    # Ola takes the course.
    ola.goto("/fi/my-alarms/course")
    for question in course(ContactRole.DECIDE).questions:
        ola.locator(f"input[name='{question.name}-decide'][value='{question.right}']").check()
    ola.get_by_role("main").locator("button[type=submit]").first.click()
    expect(ola.get_by_role("status").first).not_to_be_empty()
    kari.reload()
    expect(kari.locator("#history")).to_contain_text("Ola Tampere took the course")

    # Ola pauses for a week.
    ola.goto("/en/my-alarms")
    today = utc_now().date()
    card = ola.get_by_role("article").filter(has_text="Nordlys Bakeri AS").first
    card.get_by_role("button", name="Pause").click()
    card.locator("input[type=date]").first.fill(today.isoformat())
    card.locator("input[type=date]").last.fill((today + timedelta(days=7)).isoformat())
    card.get_by_role("button", name="Pause").click()
    expect(card).to_contain_text("Paused")
    mail_to(sink, people.KARI, "Ola Tampere", after=told)
    kari.reload()
    expect(ola_on_kari_s_page(kari)).to_contain_text("Paused")

    # Ola returns.
    told = len(sink.mails)
    card.get_by_role("button", name="I am back").click()
    expect(card).to_contain_text("Accepted")
    mail_to(sink, people.KARI, "Ola Tampere", after=told)

    # Ola leaves.
    told = len(sink.mails)
    card.get_by_role("button", name="I no longer want to be a contact").click()
    dialog = ola.get_by_role("dialog")
    dialog.get_by_role("button", name="I no longer want to be a contact").click()
    mail_to(sink, people.KARI, "Ola Tampere", after=told)
    kari.reload()
    expect(ola_on_kari_s_page(kari)).to_contain_text("No longer a contact")

    # Nils never saw any of it.
    nils = arrive(people.NILS)
    for path in ("contacts", "overview", "account"):
        nils.goto(f"/en/{path}")
        expect(nils.locator("header")).to_contain_text("Holm")
        nils.wait_for_load_state("networkidle")
        assert "Tampere" not in nils.content()
    assert "nils@holm.example" not in {
        str(mail["To"]) for mail in sink.mails if "Tampere" in text_of(mail)
    }
