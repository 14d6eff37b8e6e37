"""What every test stands on: its own settings, a fixed clock, and nothing skipped in silence."""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis

from portal.settings import Settings

pytest_plugins = [
    "tests.browsers",
    "tests.databases",
    "tests.servers",
    "tests.visitors",
    "tests.running",
]

# Nobody's own settings reach the tests: neither the shell's, nor those of an `.env` file.
for name in [name for name in os.environ if name.startswith("PORTAL_")]:
    if not name.startswith("PORTAL_TEST_"):
        del os.environ[name]
Settings.model_config["env_file"] = None
_home = tempfile.TemporaryDirectory(prefix="portal-tests-", ignore_cleanup_errors=True)
os.environ["PORTAL_DATA_DIR"] = str(Path(_home.name) / "var")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail if any test was skipped")


def pytest_unconfigure() -> None:
    _home.cleanup()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright leaves an event loop running in its thread."""
    items.sort(key=_drives_a_browser)


PLAYWRIGHT = frozenset({"playwright", "browser", "context", "new_context", "page"})


def _drives_a_browser(item: pytest.Item) -> bool:
    return (
        not PLAYWRIGHT.isdisjoint(getattr(item, "fixturenames", ()))
        or item.get_closest_marker("browser") is not None
    )


def _skipped(reporter: pytest.TerminalReporter) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for report in reporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        reasons[reason] = reasons.get(reason, 0) + 1
    return reasons


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, count in _skipped(terminalreporter).items():
        terminalreporter.write_line(f"NOT TESTED: {count} skipped, because {reason}", yellow=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and session.config.getoption("--no-skips") and _skipped(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def clock() -> datetime:
    """The moment at which a test takes place."""
    return datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def redis_url(worker_id: str) -> Iterator[str]:
    """An empty Redis database: the one named, moved on by one for each parallel worker."""
    address = os.environ.get("PORTAL_TEST_REDIS_URL")
    if not address:
        pytest.skip("PORTAL_TEST_REDIS_URL names no Redis")
    parts = urlsplit(address)
    parallel = 0 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    number = int(parts.path.strip("/") or 0) + parallel
    url = parts._replace(path=f"/{number}").geturl()
    with Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()
