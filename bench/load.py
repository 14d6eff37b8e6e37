"""The load generator, in a process of its own: many tabs at once, driven over their event sockets.

`python -m bench.load JOB` reads a `Job` as JSON and prints a `Load` as JSON. The same generator
drives the portal and the blank app, so that what it costs itself counts against both.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import chain

import aiohttp
import uvloop

from bench.tabs import Page, Tab, TabError, sign_in

CONNECTING_AT_ONCE = 10


@dataclass(frozen=True)
class Job:
    """`tabs` tabs show the page at `path` and send `event` for `seconds`. `then` are sent after
    it, each when the last one is answered; they all count as one.

    The tabs are shared out among `people`; without people nobody signs in. `together`: every tab
    sends its next event as soon as the last one is answered. Otherwise only one event is under
    way at any time, which shows how long one takes and not how long others wait for it.

    `hold`: before the load, say how many tabs are open and wait for a line of input.
    """

    url: str
    path: str
    event: str
    tabs: int
    people: list[str]
    password: str = ""
    seconds: float = 0
    warm_up: float = 0
    together: bool = True
    hold: bool = False
    then: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """How many events were answered per second, and after how many milliseconds 95 % of them."""

    per_second: float
    p95: float


def run(job: Job) -> Load:
    """Run a job in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", json.dumps(asdict(job))],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Load(**json.loads(done.stdout))


@contextmanager
def held(job: Job) -> Iterator[None]:
    """The job's tabs are open and filled during the block, and do nothing."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.load", json.dumps(asdict(replace(job, hold=True)))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None or not process.stdout.readline():
            raise TabError("the tabs did not open")
        try:
            yield
        finally:
            process.communicate()


def smaller(job: Job, *, tabs: int) -> Job:
    """The same job with fewer tabs and people."""
    return replace(job, tabs=tabs, people=job.people[:tabs])


async def _run(job: Job) -> Load:
    # No cookie jar: each tab carries its own person's cookie.
    jar, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(cookie_jar=jar, connector=connector) as http,
        AsyncExitStack() as stack,
    ):
        cookies = [await sign_in(http, job.url, email, job.password) for email in job.people] or [
            ""
        ]
        page = Page(job.path, [job.event, *job.then])
        tabs = [Tab(http, job.url, page, cookies[n % len(cookies)]) for n in range(job.tabs)]
        for start in range(0, len(tabs), CONNECTING_AT_ONCE):
            some = tabs[start : start + CONNECTING_AT_ONCE]
            await asyncio.gather(*(stack.enter_async_context(tab) for tab in some))
        answers = await asyncio.gather(*(tab.settle() for tab in tabs))
        if not all(answers):
            raise TabError(f"{answers.count(0)} of {len(tabs)} tabs were not answered at all")
        if job.hold:
            print(len(tabs), flush=True)
            await asyncio.to_thread(sys.stdin.readline)
        drive = _together if job.together else _one_at_a_time
        await drive(tabs, job.warm_up)
        started = time.perf_counter()
        times = await drive(tabs, job.seconds)
        passed = time.perf_counter() - started
        p95 = sorted(times)[int(len(times) * 0.95)] if times else 0
        return Load(len(times) / passed, p95 * 1000)


async def _together(tabs: list[Tab], seconds: float) -> list[float]:
    end = time.perf_counter() + seconds

    async def keep_acting(tab: Tab) -> list[float]:
        times: list[float] = []
        while time.perf_counter() < end:
            times.append(await tab.act())
        return times

    return list(chain.from_iterable(await asyncio.gather(*map(keep_acting, tabs))))


async def _one_at_a_time(tabs: list[Tab], seconds: float) -> list[float]:
    end = time.perf_counter() + seconds
    times: list[float] = []
    while time.perf_counter() < end:
        times.append(await tabs[len(times) % len(tabs)].act())
    return times


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(_run(Job(**json.loads(sys.argv[1])))))))
