"""Importing 10,000 customers from the back office's file."""

import csv
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from stdnum.no import orgnr

from bench.ground import Ground
from bench.results import Result
from bench.servers import portal_command

ROWS = 10_000
MOST = 20  # seconds


def measure(ground: Ground) -> Iterator[Result]:
    folder = ground.folder / "import"
    folder.mkdir()
    rows = ROWS // 10 if ground.quick else ROWS
    _write(folder / "customers.csv", rows)
    portal_command(folder, "migrate")
    started = time.perf_counter()
    portal_command(folder, "customers", "import", str(folder / "customers.csv"))
    passed = time.perf_counter() - started
    yield Result(
        f"importing {rows:,} customers", f"{passed:.1f} s", target=f"< {MOST} s", met=passed < MOST
    )


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for number, organisation_number in enumerate(islice(_organisation_numbers(), rows)):
            row = {
                "customer_number": f"B{number}",
                "name": f"Ærlig Bedrift {number} AS",
                "organisation_number": organisation_number,
                "organisation_form": "AS",
                "address": f"Storgata {number}",
                "postal_code": "7030",
                "city": "Trondheim",
                "country": "NO",
                "phone": f"+47 73 0{number // 10000} {number // 100 % 100:02} {number % 100:02}",
                "email": f"post{number}@bench.example",
                "products": "Burglar alarm|Fire alarm",
                "contract_start": "2024-03-01",
                "contract_end": "28.02.2029",
                "customer_since": "2019-09-16",
                "owner_name": f"Eier Nummer{number}",
                "owner_email": f"eier{number}@bench.example",
            }
            if number == 0:
                writer.writerow(row)
            writer.writerow(row.values())


def _organisation_numbers() -> Iterator[str]:
    """Numbers with a right check digit."""
    for first in range(99_000_000, 100_000_000):
        for digit in "0123456789":
            if orgnr.is_valid(f"{first}{digit}"):
                yield f"{first}{digit}"
