"""Builds the pages that browsers load, and only when something they are made of has changed."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from portal.settings import Settings, get_settings

SOURCES = (
    "portal/**/*",  # all of it: pages show texts and limits that the domain packages state
    "assets/**/*",
    "reflex.lock/*",
    "requirements/runtime.txt",
    "rxconfig.py",
)
DERIVED = {".pyc", ".mo"}
HEARTBEAT = 10  # seconds between signs of life
TAIL = 30  # lines of the log that are shown when a build fails

Say = Callable[[str], None]


class BuildFailedError(Exception):
    """The pages could not be built; the message ends with the log's tail and says where it is."""


def ensure_frontend(settings: Settings, *, say: Say) -> bool:
    """Build the pages unless what is built is up to date; tells whether it had to.

    Two processes that start at once build once. A build that was cut short is done again.

    Raises:
        BuildFailedError: the pages do not build, or Node cannot be used.
    """
    web = web_folder()
    stamp = web / "build" / "portal.sha256"
    digest = _digest(settings)
    with _only_one(web.with_name(f"{web.name}.lock")):
        if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
            return False
        stamp.unlink(missing_ok=True)
        with _lock_kept(say):
            _build(
                settings.data_dir / "build.log", first=not (web / "node_modules").exists(), say=say
            )
        stamp.write_text(digest, encoding="ascii")
    return True


def web_folder() -> Path:
    """Where Reflex keeps the generated JavaScript and what is built from it."""
    return Path(os.environ.get("REFLEX_WEB_WORKDIR", ".web")).resolve()


def _digest(settings: Settings) -> str:
    """What the built pages depend on, as one number. Neither address nor port is part of it."""
    shown = settings.model_dump(include={"env", "company_name"})  # titles and development pages
    digest = hashlib.sha256(repr(sorted(shown.items())).encode())
    for path in sorted({path for pattern in SOURCES for path in Path().glob(pattern)}):
        if path.is_file() and path.suffix not in DERIVED:
            digest.update(f"\0{path.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _build(log: Path, *, first: bool, say: Say) -> None:
    say("Building the pages" + (" (the first time takes about a minute)" if first else ""))
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output, _children_end_with_us():
        # A session of its own, so that npm and all it starts can be ended as one.
        process = subprocess.Popen(
            [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
            env=build_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = _wait(process, started, say)
        finally:
            _end_group(process)
    if code != 0:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        raise BuildFailedError(
            "\n".join(["The pages could not be built.", *tail, f"The whole log is in {log}."])
        )
    say(f"Built in {time.monotonic() - started:.0f} s")


def _wait(process: "subprocess.Popen[bytes]", started: float, say: Say) -> int:
    while True:
        try:
            return process.wait(timeout=HEARTBEAT)
        except subprocess.TimeoutExpired:
            say(f"  still building, {time.monotonic() - started:.0f} s")


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)
    except ProcessLookupError:
        return  # ended by itself, with all it had started
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def build_environment() -> dict[str, str]:
    """The build's environment: Node from beside this Python, nothing sent or fetched unasked."""
    binaries = str(Path(sys.executable).parent)
    path = os.pathsep.join([binaries, os.environ.get("PATH", os.defpath)])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise BuildFailedError("npm is missing: run `make setup`, which installs it into .venv.")
    # Without this Reflex measures registries against each other and takes the fastest.
    registry = subprocess.run(  # noqa: S603
        [npm, "config", "get", "registry"],
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return os.environ | {
        "PATH": path,
        "NPM_CONFIG_REGISTRY": registry.stdout.strip(),
        "NO_COLOR": "1",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_DIR": str(Path(sys.prefix) / "share" / "reflex"),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_USE_NPM": "1",
    }


@contextmanager
def _lock_kept(say: Say) -> Iterator[None]:
    """Undo what a build only writes differently into the lock; a real change stays, and is said."""
    before = {path: path.read_bytes() for path in Path().glob("reflex.lock/*.json")}
    try:
        yield
    finally:
        for path, text in before.items():
            if path.read_bytes() == text:
                continue
            if json.loads(path.read_bytes()) == json.loads(text):
                path.write_bytes(text)
            else:
                say(f"{path} has changed, because the pages need other packages: commit it")


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # released when the file closes, however that comes
        yield


@contextmanager
def _children_end_with_us() -> Iterator[None]:
    """Turn SIGTERM into an exit that runs `finally`, so that a stopped build leaves nothing."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    try:
        ensure_frontend(get_settings(), say=lambda line: print(line, flush=True))  # noqa: T201
    except BuildFailedError as error:
        sys.exit(str(error))
