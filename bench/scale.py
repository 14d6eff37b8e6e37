"""How long an event takes with ten customers and with a hundred thousand."""

from collections.abc import Iterator
from statistics import median

from bench import load
from bench.ground import COMPANY_EVENT, COMPANY_PATH, PASSWORD, Ground, owners
from bench.results import Result
from bench.servers import Server

FEW, MANY = 10, 100_000
PEOPLE, TABS = 10, 20
MOST_RATIO = 1.3
ROUNDS = 5


def measure(ground: Ground) -> Iterator[Result]:
    """One event at a time, in turns on both portals: p95 of each round, and of these the median."""
    many = MANY // 10 if ground.quick else MANY
    with ground.portal(FEW) as small, ground.portal(many) as large:
        jobs = [_job(small, FEW, ground), _job(large, many, ground)]
        rounds = [[load.run(job).p95 for job in jobs] for _ in range(ROUNDS)]
    few = median(each[0] for each in rounds)
    lots = median(each[1] for each in rounds)
    yield Result(
        f"an event's p95, {many:,} customers against {FEW}",
        f"{lots:.1f} ms",
        f"{few:.1f} ms",
        lots / few,
        f"<= {MOST_RATIO} times",
        lots / few <= MOST_RATIO,
    )


def _job(server: Server, customers: int, ground: Ground) -> load.Job:
    return load.Job(
        server.url,
        COMPANY_PATH,
        COMPANY_EVENT,
        TABS,
        owners(PEOPLE, among=customers),
        PASSWORD,
        seconds=ground.seconds(4),
        warm_up=1,
        together=False,
    )
