"""How often something may be done: counters in this process, or in Redis for many processes.

Counters slide (a share of the period before counts, too), so that a limit cannot be used up twice
around the full hour: only rounding lets one more pass. Keys are hashed with a secret before they
are stored: the counters hold no addresses.

If Redis does not answer, each process counts for itself until it does. Refusing everybody would
turn a fault of the counters into a fault of the portal; counting nothing would invite guessing at
just that time. The limits are then as many times wider as there are processes.
"""

import hmac
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar

import structlog
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from portal.encryption import keys_for
from portal.errors import TooManyAttemptsError
from portal.settings import get_settings

R = TypeVar("R")

PATIENCE = 0.5  # seconds for an answer from Redis
PAUSE = 10.0  # seconds in which an unresponsive Redis is not asked again

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` within `period`, for each key."""

    name: str
    times: int
    period: timedelta

    @property
    def item(self) -> RateLimitItemPerSecond:
        return RateLimitItemPerSecond(
            self.times, int(self.period.total_seconds()), namespace=self.name
        )


class Counters:
    """The counters: in Redis if an address is given, and in this process if not, or meanwhile."""

    def __init__(self, redis_url: str) -> None:
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._redis: SlidingWindowCounterRateLimiter | None = None
        self._redis_is_left_alone_until = 0.0
        if redis_url:
            storage = RedisStorage(
                redis_url,
                key_prefix="portal-limits",
                wrap_exceptions=True,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
            )
            self._redis = SlidingWindowCounterRateLimiter(storage)

    def ask(self, question: Callable[[SlidingWindowCounterRateLimiter], R]) -> R:
        """The answer from Redis if there is one and it answers, else from this process."""
        if self._redis is not None and time.monotonic() >= self._redis_is_left_alone_until:
            try:
                return question(self._redis)
            except StorageError:
                self._redis_is_left_alone_until = time.monotonic() + PAUSE
                log.warning("redis does not answer: limits are counted by each process")
        return question(self._here)


@lru_cache
def _counters(redis_url: str) -> Counters:
    """Made at first use: the server forks after importing this package."""
    return Counters(redis_url)


def forget_everything() -> None:
    """Begin with empty counters in this process; for tests."""
    _counters.cache_clear()


def allows(limit: Limit, key: str) -> bool:
    """Count one more, and say whether it is within the limit."""
    if get_settings().rate_limits == "off":
        return True
    counters, hashed = _counters(get_settings().redis_url), _hashed(key)
    return counters.ask(lambda limiter: limiter.hit(limit.item, hashed))


def hit(limit: Limit, key: str) -> None:
    """Count one more.

    Raises:
        TooManyAttemptsError: it is above the limit; `retry_after` says when to come back, in
            seconds.
    """
    if allows(limit, key):
        return
    counters, hashed = _counters(get_settings().redis_url), _hashed(key)
    free_at = counters.ask(lambda limiter: limiter.get_window_stats(limit.item, hashed).reset_time)
    raise TooManyAttemptsError(retry_after=max(1, math.ceil(free_at - time.time())))


def forget(limit: Limit, key: str) -> None:
    """Begin to count anew for this key."""
    if get_settings().rate_limits == "off":
        return
    counters, hashed = _counters(get_settings().redis_url), _hashed(key)
    counters.ask(lambda limiter: limiter.clear(limit.item, hashed))


def _hashed(key: str) -> str:
    return hmac.digest(keys_for("limits")[0], key.encode("utf-8", "replace"), "sha256").hex()
