"""Stopping marketing from a message: one click, or a page with finer choices and nothing else."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlmodel import col, select

from portal.accounts.models import SignInSession
from portal.database import reading, transaction
from portal.marketing.audience import audience
from portal.marketing.models import Channel, MarketingReceipt, Suppression, Topic
from portal.marketing.suppression import address_hash
from portal.marketing.unsubscribe_links import UnsubscribeLink, seal
from tests import people
from tests.marketing.conftest import choose
from tests.people import KARI, OLA
from tests.visitors import HERE, Browser, Browsers, Configure, title

BODY = {"List-Unsubscribe": "One-Click"}


def token(
    address: str = KARI, topic: Topic = Topic.OFFERS, channel: Channel = Channel.EMAIL
) -> str:
    return seal(UnsubscribeLink(channel, topic, address))


def say_yes_to_everything() -> None:
    with transaction() as db:
        from portal.accounts.sign_in import acting_as
        from portal.actor import Role

        kari, customer = people.user(db, KARI), people.customer_of(db, KARI)
        actor = acting_as(kari)
        actor = type(actor)(kari.id, kari.name, "en", customer.id, Role.OWNER)
        cells = {f"{topic.value}_{channel.value}": True for topic in Topic for channel in Channel}
        choose(db, actor, datetime.now(UTC), **cells)


def may_write(topic: Topic, channel: Channel = Channel.EMAIL) -> bool:
    with reading() as db:
        return any(True for _ in audience(db, topic, channel, now=datetime.now(UTC)))


def suppressions() -> set[tuple[str, str]]:
    with reading() as db:
        return {(row.channel, row.topic) for row in db.exec(select(Suppression))}


def page(visitor: Browser, link: str | None = None) -> httpx.Response:
    """The page behind a link, as a person opens it."""
    first = visitor.get(f"/unsubscribe/{link or token()}?l=en")
    assert first.status_code == 303
    return visitor.get(first.headers["location"])


# One click


def test_one_click_needs_no_cookie_and_gets_no_redirect(browsers: Browsers, inhabited: str) -> None:
    say_yes_to_everything()
    answer = browsers().post(f"/unsubscribe/{token()}?l=nb", data=BODY)
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert not may_write(Topic.OFFERS)
    assert may_write(Topic.INFORMATION)
    assert may_write(Topic.OFFERS, Channel.SMS)


def test_one_click_may_come_as_multipart(browsers: Browsers, inhabited: str) -> None:
    answer = browsers().post(
        f"/unsubscribe/{token()}", files={name: (None, value) for name, value in BODY.items()}
    )
    assert answer.status_code == 200
    assert suppressions() == {("email", "offers")}


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click\r\n"),
        (
            "Multipart/Form-Data; boundary=x",
            (
                b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
                b"One-Click\r\n--x--\r\n"
            ),
        ),
    ],
)
def test_one_click_of_a_careless_program_counts(
    browsers: Browsers, inhabited: str, media_type: str, content: bytes
) -> None:
    headers = {"Content-Type": media_type}
    answer = browsers().post(f"/unsubscribe/{token()}", content=content, headers=headers)
    assert answer.status_code == 200
    assert suppressions() == {("email", "offers")}


def test_one_click_twice_is_once(browsers: Browsers, inhabited: str) -> None:
    for _ in range(3):
        assert browsers().post(f"/unsubscribe/{token()}", data=BODY).status_code == 200
    with reading() as db:
        assert len(db.exec(select(MarketingReceipt)).all()) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"List-Unsubscribe=", b"List-Unsubscribe=No", b"One-Click", b"\xff\xfe", b"a=b"],
)
def test_post_without_the_word_of_the_standard_changes_nothing(
    browsers: Browsers, inhabited: str, content: bytes
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browsers().post(f"/unsubscribe/{token()}", content=content, headers=headers)
    assert answer.status_code == 400
    assert suppressions() == set()


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", "x"]
)
def test_post_in_another_form_changes_nothing(
    browsers: Browsers, inhabited: str, kind: str
) -> None:
    answer = browsers().post(
        f"/unsubscribe/{token()}", content=b'--x\r\n{"a', headers={"Content-Type": kind}
    )
    assert answer.status_code == 400
    assert suppressions() == set()


@pytest.mark.parametrize("how", ["x", "A" * 60, "cut", "longer", "another first letter"])
def test_made_up_link_is_refused_for_everybody_alike(
    browsers: Browsers, inhabited: str, how: str
) -> None:
    whole = token()
    first = "A" if whole[0] != "A" else "B"
    made = {
        "cut": whole[:-2],
        "longer": f"{whole}AA",
        "another first letter": first + whole[1:],
    }
    wrong = made.get(how, how)
    assert browsers().post(f"/unsubscribe/{wrong}", data=BODY).status_code == 404
    shown = browsers().get(f"/unsubscribe/{wrong}?l=en")
    assert shown.status_code == 404
    assert "copy all of it" in shown.text
    assert suppressions() == set()


def test_link_works_when_the_secrets_have_been_replaced(
    browsers: Browsers, inhabited: str, configure: Configure
) -> None:
    old = token()
    configure(SECRET_KEY="a-new-secret-of-more-than-thirty-two-characters")
    assert browsers().post(f"/unsubscribe/{old}", data=BODY).status_code == 200
    assert suppressions() == {("email", "offers")}


def test_link_works_for_an_address_that_nobody_has_any_more(
    browsers: Browsers, inhabited: str
) -> None:
    gone = token("gone@nordlys.example")
    assert browsers().post(f"/unsubscribe/{gone}", data=BODY).status_code == 200
    with reading() as db:
        (row,) = db.exec(select(Suppression))
    assert row.address_hash == address_hash(Channel.EMAIL, "gone@nordlys.example")


def test_one_click_works_for_whoever_is_signed_in_as_somebody_else(
    browsers: Browsers, inhabited: str
) -> None:
    say_yes_to_everything()
    ola = browsers().sign_in_as(OLA)
    assert ola.post(f"/unsubscribe/{token()}", data=BODY).status_code == 200
    assert not may_write(Topic.OFFERS)


# The page


def test_looking_changes_nothing(browsers: Browsers, inhabited: str) -> None:
    say_yes_to_everything()
    visitor = browsers()
    for _ in range(2):
        assert title(page(visitor)) == "Unsubscribe"
        visitor.head(f"/unsubscribe/{token()}")
        visitor.head("/en/unsubscribe")
    assert may_write(Topic.OFFERS)
    assert suppressions() == set()


def test_page_ticks_the_message_s_topic_and_no_other(browsers: Browsers, inhabited: str) -> None:
    shown = page(browsers(), token(topic=Topic.SURVEYS))
    boxes = re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", shown.text)
    ticked = [re.findall(r'name="([^"]+)"', box)[0] for box in boxes if "checked" in box]
    assert (len(boxes), ticked) == (4, ["topic-surveys"])


def link_in(shown: httpx.Response) -> str:
    """What the page's form says it is about."""
    return re.findall(r'name="link"[^>]*value="([^"]+)"', shown.text)[0]


def test_page_shows_no_address(browsers: Browsers, inhabited: str) -> None:
    shown = page(browsers())
    assert KARI not in shown.text
    assert "k…@nordlys.example" in shown.text


def test_form_is_about_the_link_it_was_drawn_for(browsers: Browsers, inhabited: str) -> None:
    """Two mails in two tabs of one browser: each stops what it shows."""
    say_yes_to_everything()
    visitor = browsers()
    first = page(visitor)
    page(visitor, token("other@private.example"))
    done = visitor.submit("/auth/unsubscribe", link=link_in(first), **{"topic-offers": "yes"})
    assert "k…@nordlys.example" in done.text
    assert not may_write(Topic.OFFERS)


def test_finer_choices_stop_what_was_ticked(browsers: Browsers, inhabited: str) -> None:
    say_yes_to_everything()
    visitor = browsers()
    shown = page(visitor)
    fields = {"topic-offers": "yes", "topic-surveys": "yes", "locale": "en"}
    done = visitor.submit("/auth/unsubscribe", link=link_in(shown), **fields)
    assert (done.status_code, title(done)) == (200, "You are unsubscribed")
    assert "Offers, Satisfaction surveys" in done.text
    assert not may_write(Topic.OFFERS)
    assert not may_write(Topic.SURVEYS)
    assert may_write(Topic.INFORMATION)
    with reading() as db:
        newest = select(MarketingReceipt).where(col(MarketingReceipt.way) == "mail link")
        texts = {row.text for row in db.exec(newest)}
    assert texts == {"No longer send me: Offers, Satisfaction surveys"}


def test_everything_means_topics_that_come_later_too(browsers: Browsers, inhabited: str) -> None:
    say_yes_to_everything()
    visitor = browsers()
    shown = page(visitor)
    assert (
        visitor.submit("/auth/unsubscribe", link=link_in(shown), everything="yes").status_code
        == 200
    )
    assert suppressions() == {("email", "all")}
    assert not any(may_write(topic) for topic in Topic)
    assert may_write(Topic.OFFERS, Channel.SMS), "the link is for one address"


def test_nothing_ticked_is_asked_again(browsers: Browsers, inhabited: str) -> None:
    visitor = browsers()
    shown = page(visitor)
    answer = visitor.submit("/auth/unsubscribe", link=link_in(shown), locale="en")
    assert answer.status_code == 422
    assert "Choose what we shall no longer send." in answer.text
    assert suppressions() == set()


def test_form_without_an_opened_link_changes_nothing(browsers: Browsers, inhabited: str) -> None:
    answer = browsers().submit("/auth/unsubscribe", everything="yes")
    assert answer.status_code == 410
    assert suppressions() == set()


def test_link_signs_nobody_in_and_opens_nothing_else(browsers: Browsers, inhabited: str) -> None:
    visitor = browsers()
    shown = page(visitor)
    visitor.submit("/auth/unsubscribe", link=link_in(shown), everything="yes")
    assert visitor.get("/en/preferences").status_code == 303
    assert visitor.get("/download/receipts").status_code == 303
    with reading() as db:
        assert db.exec(select(SignInSession)).all() == []
    assert visitor.get(f"/go/reset-password/{token()}").status_code == 303
    assert visitor.get("/en/reset-password/new").status_code == 410


def test_link_for_a_phone_stops_sms(browsers: Browsers, inhabited: str) -> None:
    say_yes_to_everything()
    visitor = browsers()
    shown = page(visitor, token("+4790000101", Topic.OFFERS, Channel.SMS))
    assert "90000101" not in shown.text.replace(" ", "")
    visitor.submit("/auth/unsubscribe", link=link_in(shown), **{"topic-offers": "yes"})
    assert not may_write(Topic.OFFERS, Channel.SMS)
    assert may_write(Topic.OFFERS)


def test_page_in_another_language_keeps_the_link(browsers: Browsers, inhabited: str) -> None:
    visitor = browsers()
    page(visitor)
    assert "k…@nordlys.example" in visitor.get("/fi/unsubscribe").text


def test_foreign_page_cannot_use_the_opened_link(browsers: Browsers, inhabited: str) -> None:
    visitor = browsers()
    page(visitor)
    answer = visitor.post(
        "/auth/unsubscribe", data={"everything": "yes"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert HERE
    assert suppressions() == set()
