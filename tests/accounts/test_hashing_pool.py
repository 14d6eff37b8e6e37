"""Hashing never holds up the event loop, and never piles up."""

import asyncio
import threading
import time

import pytest

from portal.accounts.hashing_pool import HashingPool, TooBusyError, in_hashing_pool
from portal.accounts.passwords import hash_password, verify_password


def test_passwords_are_compared_beside_the_event_loop():
    async def compare() -> bool:
        return await in_hashing_pool(
            verify_password, "tre rare trollmenn", hash_password("tre rare trollmenn")
        )

    assert asyncio.run(compare())


def test_an_error_reaches_the_caller():
    async def fail() -> None:
        await in_hashing_pool(int, "not a number")

    with pytest.raises(ValueError, match="not a number"):
        asyncio.run(fail())


def test_more_than_the_pool_holds_are_refused_at_once():
    pool, go = HashingPool(threads=1, waiting=2), threading.Event()

    async def crowd() -> list[object]:
        inside = [asyncio.ensure_future(pool.run(go.wait, 10)) for _ in range(3)]
        await asyncio.sleep(0)
        began = time.monotonic()
        with pytest.raises(TooBusyError):
            await pool.run(go.wait, 10)
        assert time.monotonic() - began < 1
        go.set()
        return list(await asyncio.gather(*inside))

    assert asyncio.run(crowd()) == [True] * 3


def test_who_goes_away_leaves_the_place_to_others():
    pool, go = HashingPool(threads=1, waiting=1), threading.Event()

    async def come_and_go() -> bool:
        working = asyncio.ensure_future(pool.run(go.wait, 10))
        waiting = asyncio.ensure_future(pool.run(go.wait, 10))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0.05)
        next_one = asyncio.ensure_future(pool.run(go.wait, 10))
        await asyncio.sleep(0)
        go.set()
        await working
        return await next_one

    assert asyncio.run(come_and_go())
