"""`python -m bench [NAME …] [--quick] [--json FILE]`: measure, print a table, judge nobody.

The exit is 0 whatever the figures are: they belong to the machine and to what else it does. It is
another if something could not be measured.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import (
    audience,
    call_lists,
    copy,
    events,
    imports,
    journeys,
    memory,
    scale,
    sign_ins,
    weight,
)
from bench.ground import Ground, say
from bench.results import Result, table
from portal.build import ensure_frontend
from portal.settings import get_settings

MEASUREMENTS: dict[str, Callable[[Ground], Iterator[Result]]] = {
    "weight": weight.measure,
    "events": events.measure,
    "memory": memory.measure,
    "sign-ins": sign_ins.measure,
    "scale": scale.measure,
    "call-lists": call_lists.measure,
    "journeys": journeys.measure,
    "import": imports.measure,
    "audience": audience.measure,
    "copy": copy.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--quick", action="store_true", help="shorter, and less exact")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    given = parser.parse_args()
    if unknown := set(given.names) - MEASUREMENTS.keys():
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    ensure_frontend(get_settings(), say=say)
    results: list[Result] = []
    with TemporaryDirectory(prefix="portal-bench-") as folder:
        ground = Ground(Path(folder), quick=given.quick)
        for name, measure in MEASUREMENTS.items():
            if not given.names or name in given.names:
                say(f"measuring {name}")
                results.extend(measure(ground))
    print(f"\n{table(results)}")
    if given.json:
        rows = [asdict(result) | {"verdict": result.verdict} for result in results]
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
