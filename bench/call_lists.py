"""How long the page of alarm contacts takes to load for a customer with very many of them.

`python -m bench.call_lists` invents the customers, where `PORTAL_DATA_DIR` says.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from bench import load
from bench.ground import PASSWORD, STATE, Ground, say
from bench.results import Result
from bench.servers import Server, portal, portal_command, run_for
from portal.database import transaction
from portal.demo_scale import add_invented_customers

PATH = "/en/contacts"
EVENT = f"{STATE}___pages___contacts____contacts_state.load"
FRAME_EVENT = f"{STATE}___frame_state____frame_state.load"
CUSTOMERS, TABS = 10, 40  # of each kind; the tabs are so many that none is held to flood
SITES, PEOPLE = 50, 10  # people on each site's list
FEW = 3
MOST_RATIO = 1.5
ROUNDS = 5


def measure(ground: Ground) -> Iterator[Result]:
    """One page at a time, in turns for both kinds of customers of one portal: p95 of each round,
    and of these the median.
    """
    folder = ground.folder / "call lists"
    folder.mkdir()
    say(f"inventing customers with {SITES * PEOPLE} contacts")
    portal_command(folder, "demo")
    run_for(folder, [sys.executable, "-m", "bench.call_lists"])
    with portal(folder) as server:
        jobs = [_job(server, first, ground) for first in (1, 1 + CUSTOMERS)]
        rounds = [[load.run(job).p95 for job in jobs] for _ in range(ROUNDS)]
    lots = median(each[0] for each in rounds)
    few = median(each[1] for each in rounds)
    yield Result(
        f"contacts page's p95, {SITES} sites and {SITES * PEOPLE} contacts against {FEW}",
        f"{lots:.1f} ms",
        f"{few:.1f} ms",
        lots / few,
        f"<= {MOST_RATIO} times",
        lots / few <= MOST_RATIO,
    )


def _job(server: Server, first: int, ground: Ground) -> load.Job:
    people = [f"owner{first + number}@invented.example" for number in range(CUSTOMERS)]
    return load.Job(
        server.url,
        PATH,
        EVENT,
        TABS,
        people,
        PASSWORD,
        seconds=ground.seconds(4),
        warm_up=1,
        together=False,
        then=[FRAME_EVENT],
    )


def _invent() -> None:
    now = datetime.now(UTC)
    with transaction() as db:
        add_invented_customers(db, CUSTOMERS, now=now, sites=SITES, people=PEOPLE)
        add_invented_customers(db, CUSTOMERS, now=now, sites=1, people=FEW)


if __name__ == "__main__":
    _invent()
