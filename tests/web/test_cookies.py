"""The portal's cookies: what scripts, other sites and other paths can do with them. Nothing."""

from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from tests.people import KARI, PASSWORD
from tests.visitors import SECURE, Browsers, Configure


def cookies_in(answer: httpx.Response) -> "dict[str, Morsel[str]]":
    jar: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return dict(jar)


@pytest.mark.parametrize("url", [SECURE, "http://localhost:3000"])
def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(
    browsers: Browsers, inhabited: str, configure: Configure, url: str
) -> None:
    configure(PUBLIC_URL=url)
    secure = url == SECURE
    visitor = browsers()
    answer = visitor.submit("/auth/sign-in", email=KARI, password=PASSWORD, locale="en")
    assert answer.status_code == 303
    session = cookies_in(answer)["__Host-session" if secure else "session"]
    link = cookies_in(visitor.get("/go/activate/abcdefgh"))["__Host-link" if secure else "link"]
    for cookie in (session, link):
        assert cookie["httponly"] is True
        assert cookie["samesite"].lower() == "lax"
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert bool(cookie["secure"]) is secure
    assert session["max-age"] == "", "the session's cookie ends with the browser"
    assert int(link["max-age"]) <= 30 * 60
    assert len(session.value) >= 43, "256 random bits"


def test_a_plain_cookie_is_worth_nothing_under_https(
    browsers: Browsers, inhabited: str, configure: Configure
) -> None:
    """A cookie without the prefix could have been planted by a neighbouring host."""
    configure(PUBLIC_URL=SECURE)
    visitor = browsers()
    visitor.sign_in_as(KARI)
    token = visitor.session
    assert visitor.get("/en/overview").status_code == 200
    planted = browsers()
    planted.cookies.set("session", token)
    assert planted.get("/en/overview").status_code == 303


def test_signing_out_takes_the_cookie_back_and_lets_the_browser_forget(
    browsers: Browsers, inhabited: str
) -> None:
    kari = browsers().sign_in_as(KARI)
    token = kari.session
    answer = kari.submit("/auth/sign-out", locale="sv")
    assert answer.headers["location"] == "/sv/sign-in?signed-out=1"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert cookies_in(answer)["session"]["max-age"] == "0"
    kari.carry(token)
    assert kari.get("/en/overview").status_code == 303, "the session itself has ended"


def test_a_planted_session_is_useless_after_signing_in(browsers: Browsers, inhabited: str) -> None:
    thief = browsers().sign_in_as("nils@holm.example")
    planted = thief.session
    kari = browsers()
    kari.carry(planted)
    kari.submit("/auth/sign-in", email=KARI, password=PASSWORD, locale="en")
    assert kari.session
    assert kari.session != planted
    assert thief.get("/en/overview").status_code == 303
    assert kari.get("/en/overview").status_code == 200
