"""Servers to measure: the portal as operators start it, and how to stop what was started."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START = 120  # seconds
STOP = 15  # seconds


class ServerError(Exception):
    """A server did not start; the message ends with what it said last."""


@dataclass(frozen=True)
class Server:
    """A running server. `url` has no slash at its end."""

    url: str
    process: "subprocess.Popen[bytes]"

    @property
    def worker_memory(self) -> int:
        """Bytes of memory that its worker holds: the largest of its processes."""
        return max(map(_resident, _members(self.process.pid)))


@contextmanager
def portal(folder: Path, **settings: str) -> Iterator[Server]:
    """A portal with data in `folder`, without rate limits, until the block ends."""
    port = free_port()
    url = f"http://localhost:{port}"
    environment = portal_environment(folder) | {
        "PORTAL_PORT": str(port),
        "PORTAL_PUBLIC_URL": url,
        "PORTAL_RATE_LIMITS": "off",
        **settings,
    }
    command = [str(Path(sys.executable).with_name("portal")), "run"]
    with serving(command, url, f"{url}/health/ready", environment, folder / "server.log") as server:
        yield server


def portal_environment(folder: Path) -> dict[str, str]:
    """The environment for the portal's commands: no setting of the caller's, data in `folder`."""
    inherited = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
    return inherited | {"PORTAL_DATA_DIR": str(folder)}


def portal_command(folder: Path, *arguments: str) -> None:
    """Run `portal …` with data in `folder`.

    Raises:
        ServerError: the command failed.
    """
    run_for(folder, [str(Path(sys.executable).with_name("portal")), *arguments])


def run_for(folder: Path, command: list[str]) -> None:
    """Run a command that finds the portal's data in `folder`.

    Raises:
        ServerError: the command failed.
    """
    done = subprocess.run(
        command,
        env=portal_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")


@contextmanager
def serving(
    command: list[str],
    url: str,
    ready: str,
    environment: dict[str, str],
    log: Path,
    folder: Path | None = None,
) -> Iterator[Server]:
    """Run a server until the block ends; its processes form a group that is ended as one."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
                raise ServerError(f"{' '.join(command)} did not start:\n{tail}")
            time.sleep(0.1)
        yield Server(url, process)
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP)
        os.killpg(process.pid, signal.SIGKILL)  # what is left of the group
    except ProcessLookupError:
        return
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False


def _members(group: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The command in brackets may hold blanks: count from behind it.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if int(fields[2]) == group:
            yield int(entry.name)


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
