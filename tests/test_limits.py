"""How often something may be done, in one process and in many."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import Redis

from portal import limits
from portal.accounts import limits as of_accounts
from portal.accounts.limits import count_sign_in, forget_sign_ins, network
from portal.errors import TooManyAttemptsError
from portal.limits import Counters, Limit, allows, forget, hit
from portal.settings import get_settings

THREE = Limit("three a minute", 3, timedelta(minutes=1))
KARI = "kari@nordlys.example"


@pytest.fixture(autouse=True)
def fresh_counters() -> Iterator[None]:
    limits.forget_everything()
    yield
    limits.forget_everything()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


def test_what_is_above_the_limit_is_refused_with_the_time_to_come_back():
    for _ in range(3):
        hit(THREE, KARI)
    with pytest.raises(TooManyAttemptsError) as refused:
        hit(THREE, KARI)
    retry_after = refused.value.details["retry_after"]
    assert isinstance(retry_after, int)
    assert 1 <= retry_after <= 60


def test_others_are_not_in_the_way():
    for _ in range(4):
        allows(THREE, KARI)
    assert allows(THREE, "nils@holm.example")
    assert allows(Limit("another", 3, timedelta(minutes=1)), KARI)


def test_a_limit_recovers_with_time(clock: datetime):
    with time_machine.travel(clock) as traveller:
        assert [allows(THREE, KARI) for _ in range(4)] == [True, True, True, False]
        traveller.shift(121)
        assert allows(THREE, KARI)


def test_a_limit_cannot_be_used_up_twice_around_the_full_minute():
    with time_machine.travel(datetime.fromisoformat("2026-11-23T09:30:59+00:00")) as traveller:
        assert [allows(THREE, KARI) for _ in range(3)] == [True] * 3
        traveller.shift(2)
        assert [allows(THREE, KARI) for _ in range(3)].count(True) <= 1


def test_counting_can_begin_anew():
    for _ in range(3):
        hit(THREE, KARI)
    forget(THREE, KARI)
    assert allows(THREE, KARI)


def test_limits_are_off_where_the_settings_say_so(settings: pytest.MonkeyPatch):
    settings.setenv("PORTAL_RATE_LIMITS", "off")
    for _ in range(10):
        hit(THREE, KARI)


@pytest.mark.redis
def test_processes_that_share_redis_count_together(redis_url: str, settings: pytest.MonkeyPatch):
    settings.setenv("PORTAL_REDIS_URL", redis_url)
    for _ in range(3):
        hit(THREE, KARI)
        limits.forget_everything()  # as another process would begin
    with pytest.raises(TooManyAttemptsError) as refused:
        hit(THREE, KARI)
    assert refused.value.details["retry_after"]
    with Redis.from_url(redis_url) as client:
        keys = [key.decode() for key in client.scan_iter()]
    assert keys
    assert not any("kari" in key for key in keys)


def test_without_redis_each_process_counts_for_itself(settings: pytest.MonkeyPatch):
    settings.setenv("PORTAL_REDIS_URL", "redis://127.0.0.1:1/0")
    assert [allows(THREE, KARI) for _ in range(4)] == [True, True, True, False]


def test_a_silent_redis_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch):
    counters = Counters("redis://127.0.0.1:1/0")
    asked: list[object] = []

    def question(limiter: SlidingWindowCounterRateLimiter) -> bool:
        asked.append(limiter)
        return limiter.hit(THREE.item, "x")

    for _ in range(3):
        assert counters.ask(question)
    assert asked.count(counters._redis) == 1


def test_the_tenth_wrong_password_is_the_last_for_an_account():
    for number in range(10):
        count_sign_in(KARI, f"192.0.2.{number}")
    with pytest.raises(TooManyAttemptsError):
        count_sign_in(KARI, "192.0.2.99")
    count_sign_in("nils@holm.example", "192.0.2.99")


def test_another_way_to_write_an_address_is_no_way_around_its_limit():
    for number in range(10):
        count_sign_in(KARI, f"192.0.2.{number}")
    for same in ("KARI@nordlys.example", " kari@nordlys.example", "kari@ｎordlys.example"):
        with pytest.raises(TooManyAttemptsError):
            count_sign_in(same, "192.0.2.99")


def test_who_signs_in_starts_anew():
    for number in range(10):
        count_sign_in(KARI, f"192.0.2.{number}")
    forget_sign_ins(KARI)
    count_sign_in(KARI, "192.0.2.99")


def test_one_network_address_tries_thirty_accounts():
    for number in range(30):
        count_sign_in(f"user{number}@nordlys.example", "192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        count_sign_in(KARI, "192.0.2.1")
    count_sign_in(KARI, "192.0.2.2")


def test_the_limits_are_the_documented_ones():
    minutes = {
        limit.name: (limit.times, limit.period.total_seconds() / 60) for limit in of_accounts.ALL
    }
    assert minutes == {
        "sign-in per account": (10, 15),
        "sign-in per address": (30, 15),
        "sign-in in all": (1000, 1),
        "confirmation of identity per user": (10, 15),
        "mail asked per address": (20, 60),
        "mail asked per recipient": (3, 60),
        "password chosen per address": (30, 15),
        "e-mail change per user": (5, 60),
    }


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_household_is_one_visitor(address: str, counted_as: str):
    assert network(address) == counted_as
