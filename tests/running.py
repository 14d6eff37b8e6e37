"""The running portal of `tests/servers.py`, and this process working on the same database."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from portal.database import transaction
from portal.notices import texts
from portal.settings import get_settings
from tests import people
from tests.databases import use
from tests.servers import Server


@dataclass(frozen=True)
class Running:
    """The server, as somebody at a desk beside it sees it."""

    url: str
    log: Path
    _browsers: list[httpx.Client] = field(default_factory=list)

    def session(self, email: str, *, device: str = "Firefox, Windows") -> str:
        """The value of a new session's cookie."""
        return people.session_token(email, device=device)

    def browser(self, email: str = "", *, session: str = "") -> httpx.Client:
        """A browser without script, signed in as this person or with this session."""
        token = session or (self.session(email) if email else "")
        headers = {"Origin": self.url}
        browser = httpx.Client(
            base_url=self.url, headers=headers, cookies={"session": token} if token else None
        )
        self._browsers.append(browser)
        return browser

    def close(self) -> None:
        for browser in self._browsers:
            browser.close()

    def logged(self, since: int = 0) -> str:
        return self.log.read_bytes()[since:].decode("utf-8", "replace")

    @property
    def log_size(self) -> int:
        return self.log.stat().st_size

    def mailed_link(self, recipient: str, purpose: str, *, patience: float = 15) -> str:
        """The path of the newest link of this purpose that was mailed to somebody."""
        from portal.mail.mailbox import received

        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for mail in received(recipient=recipient):
                for link in mail.links:
                    if f"/go/{purpose}/" in link:
                        return link.removeprefix(self.url)
            time.sleep(0.05)
        pytest.fail(f"no mail with a link to {purpose} came to {recipient}")


@pytest.fixture(scope="session")
def inhabited_server(server: Server) -> Server:
    """The server, with Eva among the demo people."""
    _work_on(server)
    with transaction() as db:
        people.move_in(db)
    _work_at_home()
    return server


@pytest.fixture
def running(inhabited_server: Server) -> Iterator[Running]:
    """The running portal; services that a test calls here work on its database."""
    _work_on(inhabited_server)
    found = Running(inhabited_server.url, inhabited_server.log)
    yield found
    found.close()
    _work_at_home()


_HOME: dict[str, str | None] = {}


def _work_on(server: Server) -> None:
    theirs = {"PORTAL_DATA_DIR": str(server.data_dir), "PORTAL_PUBLIC_URL": server.url}
    for name, value in theirs.items():
        _HOME[name] = os.environ.get(name)
        os.environ[name] = value
    use(f"sqlite:///{server.data_dir / 'portal.sqlite3'}")
    texts.text.cache_clear()  # the notices name the portal's address


def _work_at_home() -> None:
    for name, value in _HOME.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    use(None)
    get_settings.cache_clear()
    texts.text.cache_clear()


def without_address(text: str) -> str:
    """A mail's or page's text with tokens taken out, for comparing two of them."""
    return re.sub(r"/go/([a-z-]+)/[\w-]+", r"/go/\1/…", text)
