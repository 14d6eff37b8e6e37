"""Which addresses answer: the canonical ones, and nothing beside them."""

import pytest
from starlette.requests import Request

from portal.web.http.visit import choose_locale
from tests.people import KARI, OLA, TOR
from tests.visitors import Browsers, title

# Nothing here is asked of the database but who has the session.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SPELLINGS = (
    "/en/company/index.html",
    "/en//company",
    "//en/company",
    "/en/company%2f",
    "/en%2fcompany",
    "/EN/company",
    "/en/Company",
    "/en/company.html",
    "/en/company/index",
    "/en/company;x",
    "/en/company%00",
    "/en/company%20",
    "/company",
    "/de/company",
    "/en/company//",
)
OF_REFLEX = (
    "/ping",
    "/_health",
    "/_upload",
    "/_all_routes",
    "/_event",
    "/_event/",
    "/auth-codespace",
    "/404",
    "/404.html",
    "/index.html",
    "/sitemap.xml",
    "/documents/en/sign-in.html",
    "/pages.json",
    "/__manifest",
)


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_other_spelling_of_a_page_answers(browsers: Browsers, inhabited: str, path: str) -> None:
    for visitor in (browsers(), browsers().sign_in_as(KARI)):
        answer = visitor.get(f"http://localhost:3000{path}")
        if answer.status_code == 308:
            assert answer.headers["location"] == "/en/company"
        else:
            assert answer.status_code == 404, answer.request.url
        assert "<script" not in answer.text


def test_one_slash_too_many_is_sent_on(browsers: Browsers, inhabited: str) -> None:
    kari = browsers().sign_in_as(KARI)
    answer = kari.get("/en/company/?group=reach")
    assert (answer.status_code, answer.headers["location"]) == (308, "/en/company?group=reach")
    answer = kari.get("/en/sign-in/")
    assert (answer.status_code, answer.headers["location"]) == (308, "/en/sign-in")
    assert kari.post("/en/company/").status_code == 404


@pytest.mark.parametrize("path", OF_REFLEX)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_nothing_of_the_framework_answers_but_its_socket(
    browsers: Browsers, path: str, method: str
) -> None:
    assert browsers().request(method, path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "POST"])
def test_other_methods_do_not_exist(browsers: Browsers, inhabited: str, method: str) -> None:
    kari = browsers().sign_in_as(KARI)
    for path in ("/en/company", "/en/sign-in", "/", "/favicon.svg"):
        assert kari.request(method, path).status_code == 404, path


def test_forms_are_not_addresses_to_look_at(browsers: Browsers, inhabited: str) -> None:
    kari = browsers().sign_in_as(KARI)
    for path in ("/auth/sign-in", "/auth/sign-out", "/auth/password", "/auth/acting-for"):
        assert kari.get(path).status_code == 404
        assert kari.head(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/en/sign-in", "/en/company", "/en/nothing", "/favicon.svg", "/robots.txt"]
)
def test_head_says_what_get_says_without_the_body(
    browsers: Browsers, inhabited: str, path: str
) -> None:
    for email in ("", KARI):
        visitor, other = browsers(), browsers()
        if email:
            visitor.sign_in_as(email)
            other.sign_in_as(email)
        got, head = visitor.get(path), other.head(path)
        assert head.status_code == got.status_code
        assert head.content == b""
        assert dict(head.headers) == dict(got.headers)


def test_what_is_not_for_me_looks_like_what_does_not_exist(
    browsers: Browsers, inhabited: str
) -> None:
    for person, page in ((TOR, "/en/company"), (OLA, "/en/overview"), (OLA, "/en/company")):
        visitor = browsers().sign_in_as(person)
        refused, missing = visitor.get(page), visitor.get("/en/no-such-page")
        assert refused.status_code == missing.status_code == 404
        assert refused.text == missing.text
        assert dict(refused.headers) == dict(missing.headers)
        assert title(refused) == "There is no such page here"


@pytest.mark.parametrize("host", ["evil.example", "localhost:3000.evil.example", "localhost", ""])
def test_only_the_public_host_answers(browsers: Browsers, inhabited: str, host: str) -> None:
    answer = browsers().get("/en/sign-in", headers={"Host": host})
    assert answer.status_code == 421
    assert "evil" not in answer.text


def test_of_two_hosts_none_counts(browsers: Browsers, inhabited: str) -> None:
    hosts = [("Host", "localhost:3000"), ("Host", "evil.example")]
    assert browsers().get("/en/sign-in", headers=hosts).status_code == 421


def test_target_without_a_slash_has_a_language(inhabited: str) -> None:
    """Such as `GET foo HTTP/1.1`, which httpx refuses to send and others do not."""
    scope = {"type": "http", "path": "foo", "query_string": b"", "headers": [(b"host", b"h")]}
    assert choose_locale(Request(scope), {}) == "en"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_answers_under_any_name(browsers: Browsers, path: str) -> None:
    assert browsers().get(path, headers={"Host": "10.0.0.7:3000"}).status_code == 200


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        ("", "", "/en/sign-in"),
        ("", "sv", "/sv/sign-in"),
        ("", "nn-NO,nn;q=0.9,en;q=0.8", "/nb/sign-in"),
        ("", "de-DE,de;q=0.9,fi;q=0.4,da;q=0.7", "/da/sign-in"),
        ("", "de;q=x,*;q=0.1", "/en/sign-in"),
        ("", "de, sv; q=0.5, en; q=0.1", "/sv/sign-in"),
        ("", "fi;q=0", "/en/sign-in"),
        ("fi", "sv", "/fi/sign-in"),
        ("xx", "sv", "/sv/sign-in"),
        ("../../evil", "", "/en/sign-in"),
    ],
)
def test_the_start_speaks_the_visitor_s_language(
    browsers: Browsers, cookie: str, accepted: str, expected: str
) -> None:
    visitor = browsers()
    if cookie:
        visitor.cookies.set("locale", cookie)
    answer = visitor.get("/", headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.headers["location"]) == (303, expected)
    assert "Accept-Language" in answer.headers["vary"]


def test_a_page_s_language_is_remembered(browsers: Browsers, inhabited: str) -> None:
    kari = browsers().sign_in_as(KARI)
    kari.get("/fi/company")
    assert kari.get("/", headers={"Accept-Language": "sv"}).headers["location"] == "/fi/overview"


def test_everybody_starts_on_a_page_that_is_for_them(browsers: Browsers, inhabited: str) -> None:
    homes = {KARI: "/en/overview", TOR: "/en/overview", OLA: "/en/my-alarms"}
    for person, home in homes.items():
        visitor = browsers().sign_in_as(person)
        assert visitor.get("/en").headers["location"] == home
        assert visitor.get(home).status_code == 200
