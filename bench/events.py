"""Events per second: 100 signed-in tabs on one worker, each event reading the database."""

from collections.abc import Iterator

from bench import load
from bench.blank_app import EVENT
from bench.ground import COMPANY_EVENT, COMPANY_PATH, PASSWORD, Ground, owners
from bench.results import Result

TABS = 100
LEAST = 500  # events a second
MOST_RATIO = 4
ROUNDS = 3


def measure(ground: Ground) -> Iterator[Result]:
    """The company page's load: the session, the company's details and its history are read.

    Blank and portal take turns, so that other work on the machine slows both; the round with the
    middle ratio counts.
    """
    seconds = ground.seconds(8)
    with ground.blank() as blank, ground.portal(TABS) as portal:
        floor_job = load.Job(blank.url, "/", EVENT, TABS, [], "", seconds, warm_up=2)
        people = owners(TABS, among=TABS)
        job = load.Job(
            portal.url, COMPANY_PATH, COMPANY_EVENT, TABS, people, PASSWORD, seconds, warm_up=2
        )
        rounds = [(load.run(floor_job).per_second, load.run(job).per_second) for _ in range(ROUNDS)]
    floor, reached = sorted(rounds, key=lambda each: each[0] / each[1])[ROUNDS // 2]
    yield Result(
        f"events a second, {TABS} signed-in tabs",
        f"{reached:.0f}/s",
        f"{floor:.0f}/s",
        floor / reached,
        f">= {LEAST}/s",
        reached >= LEAST,
    )
    yield Result(
        "  blank app's events to signed-in events",
        "",
        "",
        floor / reached,
        f"<= {MOST_RATIO}",
        floor / reached <= MOST_RATIO,
    )
