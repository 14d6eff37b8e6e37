"""Schemathesis against the running portal: no 5xx, and no answer that the description lacks.

Limits are off, so that nearly every call gets past them; 429 is tried in `test_api.py`.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.servers import Server
from tests.web.test_api import OTHER, TOKEN

PATHS = {
    "^/api/marketing": (OTHER, []),
    # A version that does not exist yet fits the schema, and is refused all the same.
    "^/api/call-lists": (TOKEN, ["--exclude-checks", "positive_data_acceptance"]),
}


@pytest.fixture(scope="module")
def machine_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = servers.start(
        tmp_path_factory.mktemp("machines"),
        PORTAL_STATION_TOKENS=TOKEN,
        PORTAL_SENDER_TOKENS=OTHER,
        PORTAL_RATE_LIMITS="off",
    )
    yield running
    servers.stop(running)


@pytest.mark.parametrize("paths", PATHS)
def test_api_answers_as_it_is_described(
    built_pages: None, machine_server: Server, tmp_path: Path, paths: str
) -> None:
    token, options = PATHS[paths]
    done = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            f"{machine_server.url}/api/openapi.json",
            "--include-path-regex",
            paths,
            "--header",
            f"Authorization: Bearer {token}",
            "--phases=examples,coverage,fuzzing",
            "--max-examples=60",
            "--seed=20261125",
            "--no-color",
            *options,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
    assert "0 generated" not in done.stdout
    assert "Traceback" not in machine_server.log.read_text(encoding="utf-8")
