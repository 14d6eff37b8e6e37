"""Downloading a copy of one's data after ten years: the first byte, the last, and the memory.

The floor is what SQLite and Python's own JSON writer do with the same rows: nothing is put into
words, no page is made, nothing is compressed. Memory is that of the worker (Linux only).
"""

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import aiohttp

from bench.ground import KARI, PASSWORD, Ground, say
from bench.results import Result
from bench.servers import Server, ServerError, portal, run_for
from bench.tabs import sign_in

ENTRIES, CONTACTS = 20_000, 500
ROUNDS = 5
FIRST, WHOLE, MOST_MEMORY = 1.0, 5.0, 60  # seconds, seconds, MB above idle
_SAME_ROWS = (
    "SELECT at, event, actor, customer, details FROM audit_entries ORDER BY id DESC",
    "SELECT name, phone, email, locale, relation, told_at, told_words FROM alarm_contacts",
    "SELECT site_id, contact_id, position, role, key_holder FROM call_list_entries",
    "SELECT at, field, old, new, source FROM company_changes",
    "SELECT at, topic, channel, decision, way, text FROM marketing_receipts",
)


@dataclass(frozen=True)
class _Download:
    """Seconds to the first byte and to the last, and the bytes of the file."""

    first: float
    whole: float
    size: int


def measure(ground: Ground) -> Iterator[Result]:
    entries = ENTRIES // 10 if ground.quick else ENTRIES
    folder = ground.folder / "copy"
    folder.mkdir()
    say(f"inventing {entries} entries and {CONTACTS} contacts")
    run_for(folder, [sys.executable, "-m", "bench.long_history", str(entries), str(CONTACTS)])
    with portal(folder) as server:
        cookie = asyncio.run(_cookie(server))
        idle = server.worker_memory  # of a worker that has signed somebody in
        with _highest(server) as peak:
            rounds = asyncio.run(_downloads(server, cookie))
        above = (peak.bytes - idle) / 1e6
    floor = _floor(folder)
    middle = sorted(rounds, key=lambda each: each.whole)[len(rounds) // 2]
    first = max(each.first for each in rounds)
    yield Result(
        f"copy with {entries:,} entries, first byte",
        f"{first * 1000:.0f} ms",
        target=f"<= {FIRST:.0f} s",
        met=first <= FIRST,
    )
    yield Result(
        f"copy with {entries:,} entries, whole ({middle.size / 1e6:.1f} MB)",
        f"{middle.whole:.2f} s",
        f"{floor:.2f} s",
        middle.whole / floor,
        f"<= {WHOLE:.0f} s",
        middle.whole <= WHOLE,
    )
    yield Result(
        "copy, memory above idle",
        f"{above:.0f} MB",
        f"{idle / 1e6:.0f} MB in all",
        target=f"<= {MOST_MEMORY} MB",
        met=above <= MOST_MEMORY,
    )


async def _cookie(server: Server) -> str:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        return await sign_in(http, server.url, KARI, PASSWORD)


async def _downloads(server: Server, cookie: str) -> list[_Download]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        return [await _download(http, server, cookie) for _ in range(ROUNDS)]


async def _download(http: aiohttp.ClientSession, server: Server, cookie: str) -> _Download:
    began = time.perf_counter()
    address = f"{server.url}/download/my-data"
    async with http.get(address, headers={"Cookie": cookie}, allow_redirects=False) as answer:
        if answer.status != 200:
            raise ServerError(f"the copy answered {answer.status}")
        size, first = 0, 0.0
        async for piece in answer.content.iter_any():
            first = first or time.perf_counter() - began
            size += len(piece)
    return _Download(first, time.perf_counter() - began, size)


class _highest:  # noqa: N801 - reads as what it is: `with _highest(server) as peak`
    """The most memory that the worker holds while the block runs."""

    def __init__(self, server: Server) -> None:
        self.bytes = 0
        self._server = server
        self._over = Event()
        self._watching = Thread(target=self._watch)

    def __enter__(self) -> "_highest":
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.bytes = max(self.bytes, self._server.worker_memory)


def _floor(folder: Path) -> float:
    """Seconds for reading the same rows and writing them as JSON, and nothing else."""
    database = sqlite3.connect(folder / "portal.sqlite3")
    try:
        began = time.perf_counter()
        with (folder / "floor.json").open("w", encoding="utf-8") as file:
            for statement in _SAME_ROWS:
                for row in database.execute(statement):
                    file.write(json.dumps(row))
        return time.perf_counter() - began
    finally:
        database.close()
