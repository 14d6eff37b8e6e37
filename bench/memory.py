"""Memory of one signed-in tab that shows the company page (Linux: read from /proc)."""

from collections.abc import Iterator

from bench import load
from bench.blank_app import EVENT
from bench.ground import COMPANY_EVENT, COMPANY_PATH, PASSWORD, Ground, owners
from bench.results import Result
from bench.servers import Server

FIRST, TABS = 100, 300
PEOPLE = 100
MOST = 150  # kB


def measure(ground: Ground) -> Iterator[Result]:
    with ground.blank() as server:
        floor = _of_one(server, load.Job(server.url, "/", EVENT, TABS, []))
    with ground.portal(PEOPLE) as server:
        people = owners(PEOPLE, among=PEOPLE)
        job = load.Job(server.url, COMPANY_PATH, COMPANY_EVENT, TABS, people, PASSWORD)
        tab = _of_one(server, job)
    yield Result(
        "memory of a signed-in tab",
        f"{tab / 1000:.0f} kB",
        f"{floor / 1000:.0f} kB",
        tab / floor if floor else None,
        f"<= {MOST} kB",
        tab <= MOST * 1000,
    )


def _of_one(server: Server, job: load.Job) -> float:
    """What the worker grows by for each tab, when there are some already.

    The first ones bring in what all share, and what the worker needs while it opens several.
    """
    with load.held(load.smaller(job, tabs=FIRST)):
        before = server.worker_memory
        with load.held(job):
            return (server.worker_memory - before) / job.tabs
