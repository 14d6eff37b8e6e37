"""Says whether the locks can be installed from anywhere: no address in them, a hash for each file.

A lock that records where its packages came from sends the next machine there, mirror or not.
"""

import json
import re
import sys
from pathlib import Path

ADDRESS = re.compile(r"https?://|file:|git\+|--(extra-)?index-url|--find-links")
PACKAGES = Path("reflex.lock/package-lock.json")


def problems() -> list[str]:
    found: list[str] = []
    for path in sorted(Path("requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found += [f"{path} names an address: {hit[0]}" for hit in ADDRESS.finditer(text)]
        entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
        found += [
            f"{path} has no hash for {entry.split()[0]}"
            for entry in entries
            if entry[:1].isalnum() and "--hash=sha256:" not in entry
        ]
    for name, package in json.loads(PACKAGES.read_text(encoding="utf-8"))["packages"].items():
        if "resolved" in package:
            found.append(f"{PACKAGES} names an address for {name}")
        if name and "integrity" not in package:
            found.append(f"{PACKAGES} has no hash for {name}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or 0)
