"""A generator of plain requests, in a process of its own: `python -m bench.visits JOB`."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

import aiohttp
import uvloop

from bench.tabs import sign_in


@dataclass(frozen=True)
class Visits:
    """`visitors` at once, for `seconds`: each signs in again and again, or, with a `page`, signs
    in once and asks for that page again and again.
    """

    url: str
    email: str
    password: str
    seconds: float
    page: str = ""
    visitors: int = 8


def per_second(visits: Visits) -> float:
    """How many were answered per second."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.visits", json.dumps(asdict(visits))],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


async def _run(visits: Visits) -> float:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        cookie = await sign_in(http, visits.url, visits.email, visits.password)

        async def once() -> None:
            if not visits.page:
                await sign_in(http, visits.url, visits.email, visits.password)
                return
            headers = {"Cookie": cookie, "Accept-Encoding": "br"}
            address = f"{visits.url}{visits.page}"
            async with http.get(address, headers=headers, allow_redirects=False) as answer:
                answer.raise_for_status()
                await answer.read()

        started = time.perf_counter()

        async def visit() -> int:
            count = 0
            while time.perf_counter() < started + visits.seconds:
                await once()
                count += 1
            return count

        counts = await asyncio.gather(*(visit() for _ in range(visits.visitors)))
        return sum(counts) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(uvloop.run(_run(Visits(**json.loads(sys.argv[1])))))
