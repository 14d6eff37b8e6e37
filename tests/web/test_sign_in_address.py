"""Where people are led when they are not signed in, and where they come back to."""

import pytest

from tests.people import KARI, OLA, PASSWORD, TOR
from tests.visitors import Browsers, value_of

ELSEWHERE = (
    "//evil.example",
    "https://evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/en/company%0d%0aSet-Cookie: session=x",
    "/en/company\r\nX: y",
    "/en/company/../../evil",
    "/en/company#@evil.example",
    "javascript:alert(1)",
    " /en/company",
    "/en/company//evil.example",
    "//evil.example/en/company",
    "/en/company@evil.example",
    "/go/activate/x",
    "/auth/sign-out",
)


@pytest.mark.parametrize("path", ["/en/overview", "/fi/company", "/nb/account"])
def test_strangers_are_led_to_sign_in_and_back(
    browsers: Browsers, inhabited: str, path: str
) -> None:
    visitor = browsers()
    answer = visitor.get(f"{path}?group=reach&x=1")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{path[:3]}/sign-in?next={path}")
    assert "<script" not in answer.text
    page = visitor.get(answer.headers["location"])
    wanted = value_of(page, "next")
    assert wanted == f"{path}?group=reach&x=1"
    done = visitor.submit("/auth/sign-in", email=KARI, password=PASSWORD, next=wanted)
    assert (done.status_code, done.headers["location"]) == (303, wanted)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_link_leads_from_sign_in_to_somewhere_else(
    browsers: Browsers, inhabited: str, wanted: str
) -> None:
    done = browsers().submit("/auth/sign-in", email=KARI, password=PASSWORD, next=wanted)
    assert done.status_code == 303
    assert done.headers["location"] == "/en/overview"
    already = browsers().sign_in_as(KARI).get("/en/sign-in", params={"next": wanted})
    assert already.headers["location"] == "/en/overview"


@pytest.mark.parametrize("query", ["a\r\nSet-Cookie: x=y", "a b", "ø\u2028", "%0d%0aX:y"])
def test_a_query_cannot_break_out_of_the_address(
    browsers: Browsers, inhabited: str, query: str
) -> None:
    done = browsers().submit(
        "/auth/sign-in", email=KARI, password=PASSWORD, next=f"/en/company?{query}"
    )
    assert done.status_code == 303
    assert done.headers.get_list("set-cookie") == [
        header for header in done.headers.get_list("set-cookie") if header.startswith("session=")
    ]
    assert "\n" not in done.headers["location"]
    assert done.headers["location"].startswith(("/en/company?", "/en/overview"))


def test_a_page_that_is_not_for_me_leads_nowhere_else(browsers: Browsers, inhabited: str) -> None:
    tor = browsers()
    done = tor.submit("/auth/sign-in", email=TOR, password=PASSWORD, next="/en/company")
    # The address is one of ours; the page itself then answers as if it did not exist.
    assert tor.get(done.headers["location"]).status_code in {200, 404}
    assert "Nordlys" not in tor.get(done.headers["location"]).text


def test_signed_in_people_do_not_meet_the_sign_in_page(browsers: Browsers, inhabited: str) -> None:
    assert browsers().sign_in_as(KARI).get("/nb/sign-in").headers["location"] == "/nb/overview"
    assert browsers().sign_in_as(OLA).get("/en/sign-in").headers["location"] == "/en/my-alarms"


def test_a_password_manager_finds_where_to_change_a_password(
    browsers: Browsers, inhabited: str
) -> None:
    found = browsers().get("/.well-known/change-password")
    assert (found.status_code, found.headers["location"]) == (303, "/en/account/password")
