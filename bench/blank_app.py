"""The floor: a blank Reflex app of the same versions, built and served as the portal is."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT, run

from bench.servers import Server, ServerError, free_port, serving
from portal.build import build_environment, web_folder

CONFIG = """\
import reflex as rx

config = rx.Config(
    app_name="blank",
    api_url="{url}",
    deploy_url="{url}",
    backend_port={port},
    frontend_port={port},
    cors_allowed_origins=["{url}"],
    state_manager_mode="memory",
    frontend_compression_formats=["brotli", "gzip"],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    disable_plugins=[rx.plugins.SitemapPlugin],
)
"""
APP = """\
import reflex as rx


class Counter(rx.State):
    count: int = 0

    @rx.event
    async def add(self):
        self.count += 1


def page() -> rx.Component:
    return rx.el.main(
        rx.el.h1("Blank"), rx.el.button(Counter.count, on_click=Counter.add)
    )


app = rx.App()
app.add_page(page, route="/")
"""
EVENT = "reflex___state____state.blank___blank____counter.add"
SERVE = """\
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

if __name__ == "__main__":
    Server(
        target="blank.blank:app", factory=True, interface=Interfaces.ASGI, address="127.0.0.1",
        port={port}, loop=Loops.uvloop, log_level=LogLevels.warning, websockets=True,
    ).serve()
"""


def build_blank_app(folder: Path) -> None:
    """Write the app and build its pages. The port is baked into them.

    Raises:
        ServerError: it does not build.
    """
    port = free_port()
    package = folder / "blank"
    package.mkdir(parents=True)
    url = f"http://localhost:{port}"
    (folder / "rxconfig.py").write_text(CONFIG.format(url=url, port=port))
    (folder / "serve.py").write_text(SERVE.format(port=port))
    (folder / "port").write_text(str(port))
    (package / "__init__.py").touch()
    (package / "blank.py").write_text(APP)
    # The packages of the portal's own build: the same versions, and nothing to download twice.
    shutil.copytree(Path("reflex.lock"), folder / "reflex.lock")
    modules = web_folder() / "node_modules"
    shutil.copytree(modules, folder / ".web" / "node_modules", symlinks=True)
    done = run(
        [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
        cwd=folder,
        env=_environment(),
        stdout=PIPE,
        stderr=STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(f"the blank app does not build:\n{done.stdout[-3000:]}")


@contextmanager
def blank_app(folder: Path) -> Iterator[Server]:
    """The blank app, built before, on one worker until the block ends."""
    url = f"http://localhost:{(folder / 'port').read_text()}"
    environment = _environment() | {
        "__REFLEX_SKIP_COMPILE": "yes",
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_MOUNT_FRONTEND_COMPILED_APP": "yes",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "yes",
        "PYTHONPATH": str(folder),
    }
    command = [sys.executable, "serve.py"]
    with serving(command, url, f"{url}/ping", environment, folder / "server.log", folder) as server:
        yield server


def _environment() -> dict[str, str]:
    kept = {
        name: value for name, value in build_environment().items() if name != "REFLEX_WEB_WORKDIR"
    }
    return kept | {
        "REFLEX_DIR": os.environ.get("REFLEX_DIR", str(Path(sys.prefix, "share", "reflex")))
    }
