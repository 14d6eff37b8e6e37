"""Browsers for tests of the HTTP layer: the whole application in this process, without sockets."""

import asyncio
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from portal import limits
from portal.build import ensure_frontend
from portal.database import transaction
from portal.settings import Settings, get_settings
from portal.web.http import cookies
from tests import people

HERE = "http://localhost:3000"
SECURE = "https://portal.example"


async def _no_reflex(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("an HTTP request reached Reflex")


class _InProcess(httpx.BaseTransport):
    """Hands requests to an ASGI application, from a network address of one's choice."""

    def __init__(self, app: Any, runner: asyncio.Runner, address: str) -> None:
        self._transport = httpx.ASGITransport(
            app, client=(address, 40000), raise_app_exceptions=True
        )
        self._runner = runner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(_answer(self._transport, request))


async def _answer(transport: httpx.ASGITransport, request: httpx.Request) -> httpx.Response:
    # Not `aread`: the body stays as it travels, so that the client decodes it once.
    response = await transport.handle_async_request(request)
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    body = b"".join([chunk async for chunk in stream])
    return httpx.Response(
        response.status_code, headers=response.headers, stream=httpx.ByteStream(body)
    )


class Browser(httpx.Client):
    """A visitor's browser: keeps cookies, follows no redirect by itself, sends its origin."""

    def sign_in_as(self, email: str) -> "Browser":
        """Carry a session of this person from now on."""
        self.carry(people.session_token(email))
        return self

    def carry(self, session: str) -> None:
        """Send this session's cookie from now on, as if the server had set it."""
        host = httpx.URL(get_settings().origin).host
        domain = host if "." in host else f"{host}.local"  # as cookies of such hosts are kept
        self.cookies.set(cookies.session_cookie_name(), session, domain=domain)

    @property
    def session(self) -> str:
        return self.cookies.get(cookies.session_cookie_name()) or ""

    def submit(self, path: str, /, **fields: str) -> httpx.Response:
        """Post a form as our own pages do."""
        return self.post(path, data=fields, headers={"Origin": get_settings().origin})


Browsers = Callable[..., Browser]
Configure = Callable[..., None]


@pytest.fixture(scope="session")
def built_pages() -> None:
    """The pages as the build makes them; built once if something has changed."""
    ensure_frontend(Settings(), say=lambda line: print(line))  # noqa: T201


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as found:
        yield found


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Other settings for one test: `configure(PUBLIC_URL="https://portal.example")`."""

    def change(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"PORTAL_{name}", value)
        get_settings.cache_clear()

    yield change
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def browsers(built_pages: None, database: str, runner: asyncio.Runner) -> Iterator[Browsers]:
    """Makes browsers that know nobody yet: `browsers()`, or `browsers(address="192.0.2.7")`."""
    from portal.web.http.application import PortalApplication
    from portal.web.http.routes import routes

    limits.forget_everything()
    opened: list[Browser] = []

    def make(address: str = "192.0.2.1", **options: Any) -> Browser:
        app = PortalApplication(_no_reflex, routes())
        browser = Browser(
            transport=_InProcess(app, runner, address), base_url=get_settings().origin, **options
        )
        opened.append(browser)
        return browser

    yield make
    for browser in opened:
        browser.close()
    limits.forget_everything()


@pytest.fixture
def inhabited(database: str) -> str:
    """The database with the demo people and Eva."""
    with transaction() as db:
        people.move_in(db)
    return database


def title(answer: httpx.Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    return unescape(found[1]) if found else ""


def value_of(answer: httpx.Response, field: str) -> str:
    """What stands in a form's field."""
    tag = re.search(rf'<input[^>]*\bname="{field}"[^>]*>', answer.text)
    assert tag, f"no field {field}"
    found = re.search(r'\bvalue="([^"]*)"', tag[0])
    return unescape(found[1]) if found else ""
