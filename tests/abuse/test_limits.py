"""How often: per account, per network address, in all; and no header that lifts a limit."""

import httpx
import pytest

from portal.accounts.limits import SIGN_IN_PER_ACCOUNT, SIGN_IN_PER_ADDRESS
from portal.limits import forget_everything
from tests.people import KARI, NILS, PASSWORD
from tests.visitors import Browser, Browsers, Configure, title

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def guess(visitor: Browser, email: str = KARI, password: str = "wrong", **headers: str):
    return visitor.post(
        "/auth/sign-in",
        data={"email": email, "password": password, "locale": "en"},
        headers={"Origin": "http://localhost:3000", **headers},
    )


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 429


def test_an_account_is_guessed_at_ten_times_from_wherever(
    browsers: Browsers, inhabited: str
) -> None:
    answers = [
        guess(browsers(f"192.0.2.{number}")) for number in range(SIGN_IN_PER_ACCOUNT.times + 2)
    ]
    assert [refused(each) for each in answers] == [False] * 10 + [True] * 2
    assert title(answers[-1]) == "Too many attempts"
    assert int(answers[-1].headers["retry-after"]) <= 15 * 60
    assert refused(guess(browsers("192.0.2.99"), password=PASSWORD)), "the right one comes late"
    assert not refused(guess(browsers("192.0.2.99"), email=NILS))


def test_unknown_accounts_are_counted_like_known_ones(browsers: Browsers, inhabited: str) -> None:
    known = [guess(browsers(f"192.0.2.{n}")).status_code for n in range(12)]
    forget_everything()
    unknown = [
        guess(browsers(f"192.0.2.{n}"), email="a@nowhere.example").status_code for n in range(12)
    ]
    assert known == unknown


def test_one_network_address_guesses_at_thirty_accounts(browsers: Browsers, inhabited: str) -> None:
    answers = [
        guess(browsers("198.51.100.7"), email=f"p{n}@nowhere.example")
        for n in range(SIGN_IN_PER_ADDRESS.times + 1)
    ]
    assert [refused(each) for each in answers] == [False] * 30 + [True]
    assert not refused(guess(browsers("198.51.100.8"), email=NILS))


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"]
)
def test_a_forged_forwarding_header_does_not_help(
    browsers: Browsers, inhabited: str, header: str
) -> None:
    visitor = browsers("198.51.100.7")
    answers = [
        guess(visitor, email=f"p{n}@nowhere.example", **{header: f"203.0.113.{n}"})
        for n in range(SIGN_IN_PER_ADDRESS.times + 1)
    ]
    assert refused(answers[-1])


def test_behind_a_proxy_only_what_the_proxy_wrote_counts(
    browsers: Browsers, inhabited: str, configure: Configure
) -> None:
    configure(TRUSTED_PROXIES="1")
    visitor = browsers("10.0.0.2")
    answers = [
        guess(
            visitor,
            email=f"p{n}@nowhere.example",
            **{"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"},
        )
        for n in range(SIGN_IN_PER_ADDRESS.times + 1)
    ]
    assert refused(answers[-1])
    elsewhere = guess(visitor, email=NILS, **{"X-Forwarded-For": "198.51.100.8"})
    assert not refused(elsewhere)


def test_one_household_s_ipv6_addresses_count_as_one(browsers: Browsers, inhabited: str) -> None:
    answers = [
        guess(browsers(f"2001:db8:1:2::{n:x}"), email=f"p{n}@nowhere.example")
        for n in range(1, SIGN_IN_PER_ADDRESS.times + 2)
    ]
    assert refused(answers[-1])


def test_whoever_signs_in_is_not_counted_as_guessing(browsers: Browsers, inhabited: str) -> None:
    for number in range(SIGN_IN_PER_ACCOUNT.times - 1):
        guess(browsers(f"192.0.2.{number}"))
    assert guess(browsers("192.0.2.50"), password=PASSWORD).status_code == 303
    assert not refused(guess(browsers("192.0.2.51")))


def test_asking_for_mails_is_limited_for_each_network_address(
    browsers: Browsers, inhabited: str
) -> None:
    visitor = browsers("198.51.100.7")
    answers = [
        visitor.submit("/auth/ask-reset", email=f"p{n}@nowhere.example", locale="en")
        for n in range(21)
    ]
    assert [refused(each) for each in answers] == [False] * 20 + [True]


def test_the_present_password_is_not_guessed_at_without_end(
    browsers: Browsers, inhabited: str
) -> None:
    for path, field in (
        ("/auth/password", "current_password"),
        ("/auth/confirm-identity", "password"),
    ):
        forget_everything()
        kari = browsers().sign_in_as(KARI)
        answers = [kari.submit(path, **{field: "wrong"}) for _ in range(11)]
        assert [refused(each) for each in answers] == [False] * 10 + [True], path
