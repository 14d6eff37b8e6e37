"""A real portal for tests: `portal run` on a free port, with data of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

START = 180  # seconds; the first start builds the pages
STOP = 15  # seconds


@dataclass(frozen=True)
class Server:
    """A running portal. `url` has no slash at its end."""

    url: str
    data_dir: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    @property
    def tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8").splitlines()[-40:])


def start(folder: Path, **settings: str) -> Server:
    """Start a portal that keeps everything in `folder`, and wait until it is ready."""
    port = _free_port()
    url = f"http://localhost:{port}"
    log = folder / "server.log"
    inherited = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
    environment = inherited | {
        "PORTAL_DATA_DIR": str(folder / "var"),
        "PORTAL_PORT": str(port),
        "PORTAL_PUBLIC_URL": url,
        **settings,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("portal"), "run"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(url, folder / "var", log, process)
    deadline = time.monotonic() + START
    while not _ready(server):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(server)
            pytest.fail(f"The portal did not start:\n{server.tail}", pytrace=False)
        time.sleep(0.1)
    return server


def stop(server: Server) -> None:
    """Stop the portal as an operator would, and see to it that no process of it is left."""
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
    try:
        server.process.wait(STOP)
        time.sleep(0.1)
        os.killpg(server.process.pid, 0)
    except ProcessLookupError:
        return
    except subprocess.TimeoutExpired:
        pass
    left = "\n".join(_members(server.process.pid))
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    pytest.fail(f"Stopping the portal left processes behind:\n{left}", pytrace=False)


def _members(group: int) -> Iterator[str]:
    """The command lines of a process group, where the system shows them in `/proc`."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The command in brackets may hold blanks: count from behind it.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:  # ended meanwhile
            continue
        if int(fields[2]) == group:
            yield f"{entry.name} {command}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One portal in development, with the demo data, for all tests of a parallel worker."""
    running = start(tmp_path_factory.mktemp("server"))
    yield running
    stop(running)


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    """Where `page.goto("/en/…")` begins."""
    return server.url


def _ready(server: Server) -> bool:
    try:
        with urlopen(f"{server.url}/health/ready", timeout=2) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
