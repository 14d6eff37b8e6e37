"""Sign-ins per second, against the password hashing alone on the same cores."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from os import sched_getaffinity

from argon2.low_level import Type, verify_secret

from bench.ground import KARI, PASSWORD, Ground
from bench.results import Result
from bench.visits import Visits, per_second
from portal.accounts.passwords import hash_password

LEAST_SHARE = 0.8
ROUNDS = 3


def measure(ground: Ground) -> Iterator[Result]:
    """Both take turns, so that other work on the machine slows both; the middle round counts."""
    seconds = ground.seconds(6)
    with ground.portal(10) as server:
        visits = Visits(server.url, KARI, PASSWORD, seconds)
        per_second(Visits(server.url, KARI, PASSWORD, 1))
        rounds = [(_raw(seconds), per_second(visits)) for _ in range(ROUNDS)]
    raw, reached = sorted(rounds, key=lambda each: each[1] / each[0])[ROUNDS // 2]
    yield Result(
        "sign-ins a second, against raw Argon2",
        f"{reached:.0f}/s",
        f"{raw:.0f}/s",
        reached / raw,
        f">= {LEAST_SHARE:.0%} of it",
        reached / raw >= LEAST_SHARE,
    )


def _raw(seconds: float) -> float:
    """Verifications per second with the portal's parameters, one thread for each core."""
    hashed, password = hash_password(PASSWORD).encode(), PASSWORD.encode()
    started = time.perf_counter()

    def verify(_: int) -> int:
        count = 0
        while time.perf_counter() < started + seconds:
            verify_secret(hashed, password, Type.ID)
            count += 1
        return count

    cores = len(sched_getaffinity(0))
    with ThreadPoolExecutor(cores) as pool:
        return sum(pool.map(verify, range(cores))) / (time.perf_counter() - started)
