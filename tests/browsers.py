"""The browser of the tests: the system's Chromium, else Playwright's own.

`python -m tests.browsers` fetches Playwright's if there is none; `make test` does so first.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ADVICE = (
    "The tests need a browser. Install Chromium (on Debian or Ubuntu: apt-get install chromium), "
    "or Playwright's own: .venv/bin/playwright install --with-deps chromium"
)


def find() -> str | None:
    """The path of a browser that is installed."""
    for name in SYSTEM_NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """Fetch Playwright's browser; tells what to do when that fails."""
    print("Fetching a browser for the tests (once)", flush=True)  # noqa: T201
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return None if done.returncode == 0 and find() else ADVICE


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = find()
    if path is None:
        pytest.fail(ADVICE, pytrace=False)
    arguments = ARGUMENTS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    return browser_type_launch_args | {"executable_path": path, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Europe/Oslo"}


if __name__ == "__main__":
    sys.exit(None if find() else install())
