"""Whom the senders may write to: how fast the answer streams, and how much memory it takes.

The floor is what SQLite and Python's own CSV writer do with the same rows, without asking whether
anybody may be written to. Linux only: peak memory is that of the command's process.
"""

import csv
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.ground import Ground, say
from bench.results import Result
from bench.servers import ServerError, portal_environment, run_for

RECIPIENTS = 200_000
LEAST_RATE = 20_000  # rows a second
MOST_MEMORY = 100  # MB above the same command with nobody to write to
ROUNDS = 3
EVERYBODY, NOBODY = ("offers", "email"), ("surveys", "sms")
_SAME_ROWS = """
SELECT u.email, u.locale FROM marketing_choices c
JOIN users u ON u.id = c.user_id JOIN customers k ON k.id = c.customer_id
WHERE c.topic = 'offers' AND c.channel = 'email' AND c.chosen ORDER BY c.user_id
"""


@dataclass(frozen=True)
class _Run:
    """One call of the command: rows, seconds from the first to the last of them, peak bytes."""

    rows: int
    seconds: float
    peak: int


def measure(ground: Ground) -> Iterator[Result]:
    count = RECIPIENTS // 10 if ground.quick else RECIPIENTS
    folder = ground.folder / "recipients"
    folder.mkdir()
    say(f"inventing {count} recipients")
    run_for(folder, [sys.executable, "-m", "bench.recipients", str(count)])
    runs = sorted((_ask(folder, *EVERYBODY) for _ in range(ROUNDS)), key=lambda each: each.seconds)
    idle, middle = _ask(folder, *NOBODY), runs[len(runs) // 2]
    expected = count - -(-count // 100)
    if middle.rows != expected:
        raise ServerError(f"{middle.rows} recipients came, and not {expected}")
    rate, floor = middle.rows / middle.seconds, count / _floor(folder)
    yield Result(
        f"audience of {count:,}, rows a second",
        f"{rate:,.0f}/s",
        f"{floor:,.0f}/s",
        floor / rate,
        f">= {LEAST_RATE:,}/s",
        rate >= LEAST_RATE,
    )
    above = (max(each.peak for each in runs) - idle.peak) / 1e6
    yield Result(
        f"audience of {count:,}, memory above idle",
        f"{above:.0f} MB",
        f"{idle.peak / 1e6:.0f} MB in all",
        target=f"<= {MOST_MEMORY} MB",
        met=above <= MOST_MEMORY,
    )


def _ask(folder: Path, topic: str, channel: str) -> _Run:
    command = [str(Path(sys.executable).with_name("portal")), "marketing", "audience"]
    with subprocess.Popen(
        [*command, "--topic", topic, "--channel", channel],
        env=portal_environment(folder),
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the header comes with the first rows
        began = time.perf_counter()
        rows = sum(1 for _ in process.stdout)
        seconds = time.perf_counter() - began
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ServerError(f"portal marketing audience ended with {process.returncode}")
    return _Run(rows, seconds, used.ru_maxrss * 1024)


def _floor(folder: Path) -> float:
    """Seconds for reading the same rows and writing them as CSV, and nothing else."""
    database = sqlite3.connect(folder / "portal.sqlite3")
    try:
        began = time.perf_counter()
        with (folder / "floor.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(database.execute(_SAME_ROWS))
        return time.perf_counter() - began
    finally:
        database.close()
