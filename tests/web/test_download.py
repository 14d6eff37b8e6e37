"""Downloading one's data: after a recent sign-in, at once, and nothing is left open behind it."""

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, select
from starlette.types import Message

from portal.accounts.models import SignInSession
from portal.actor import RECENT_SIGN_IN
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.database import get_engine, reading, transaction
from portal.languages import current_locale, using
from portal.privacy.downloads import DOWNLOADS_PER_USER
from portal.web.http import streams
from portal.web.http.downloads import COMPANY_RECORD, MY_DATA
from portal.web.http.streams import (
    MOST_OPEN,
    MOST_OPEN_OF_ONE,
    MadeWhileSent,
    TooManyOpenError,
    place_for,
)
from tests import people
from tests.people import AUD, EVA, KARI, NILS, OLA, SIRI, TOR
from tests.visitors import Browser, Browsers, title

ADDRESSES = (MY_DATA.address, COMPANY_RECORD.address)


def data_in(answer: httpx.Response) -> dict[str, Any]:
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return json.loads(archive.read("data.json"))


def forget_the_password() -> None:
    """Everybody signed in longer ago than counts as recent."""
    with transaction() as db:
        long_ago = datetime.now(UTC) - RECENT_SIGN_IN - timedelta(minutes=1)
        db.execute(update(SignInSession).values(authenticated_at=long_ago))


def recorded(event: AuditEvent) -> int:
    with reading() as db:
        return len(db.exec(select(AuditEntry).where(col(AuditEntry.event) == event.value)).all())


@pytest.fixture
def kari(browsers: Browsers, inhabited: str) -> Browser:
    return browsers().sign_in_as(KARI)


def test_a_copy_comes_at_once_as_a_file_that_nobody_keeps(kari: Browser) -> None:
    answer = kari.get("/download/my-data?l=nb")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    day = datetime.now(UTC).astimezone().date().isoformat()[:7]
    name = answer.headers["content-disposition"]
    assert name.startswith(f'attachment; filename="sensornordic-my-data-{day}')
    data = data_in(answer)
    assert data["person"]["email"] == KARI
    assert data["language"] == "nb"
    assert recorded(AuditEvent.COPY_DOWNLOADED) == 1


def test_an_owner_takes_the_company_s_record(kari: Browser) -> None:
    answer = kari.get(COMPANY_RECORD.address)
    data = data_in(answer)
    assert data["of"] == "customer"
    assert "Nordlys Bakeri AS" in data["title"]
    assert "company-record" in answer.headers["content-disposition"]
    assert recorded(AuditEvent.COMPANY_RECORD_DOWNLOADED) == 1


@pytest.mark.parametrize("email", [KARI, EVA, TOR, NILS, OLA])
def test_everybody_gets_their_own(browsers: Browsers, inhabited: str, email: str) -> None:
    data = data_in(browsers().sign_in_as(email).get(MY_DATA.address))
    assert data["person"]["email"] == email


def test_staff_and_strangers_get_nothing_and_others_no_record(
    browsers: Browsers, inhabited: str
) -> None:
    for address in ADDRESSES:
        assert browsers().get(address).status_code == 303
        for email in (SIRI, AUD):
            assert browsers().sign_in_as(email).get(address).status_code == 404
    for email in (EVA, TOR, OLA):
        assert browsers().sign_in_as(email).get(COMPANY_RECORD.address).status_code == 404
    assert recorded(AuditEvent.COPY_DOWNLOADED) == 0


@pytest.mark.parametrize("wanted", [MY_DATA, COMPANY_RECORD], ids=lambda each: each.name)
def test_who_signed_in_long_ago_enters_the_password_and_the_download_begins(
    kari: Browser, wanted: Any
) -> None:
    forget_the_password()
    asked = kari.get(wanted.address, headers={"Cookie": f"session={kari.session}; locale=en"})
    assert asked.status_code == 303
    assert asked.headers["location"] == f"/en/confirm-identity?next=/en/{wanted.page}"
    confirmed = kari.submit(
        "/auth/confirm-identity",
        password=people.PASSWORD,
        next=f"/en/{wanted.page}",
        locale="en",
    )
    assert confirmed.status_code == 303
    assert confirmed.headers["location"] == f"/en/{wanted.page}"
    begun = kari.get(f"/en/{wanted.page}")
    assert title(begun) == "The download begins"
    assert begun.headers["refresh"] == f"1; url={wanted.address}?l=en"
    assert f'href="{wanted.address}?l=en"' in begun.text
    assert kari.get(wanted.address).status_code == 200


def test_the_document_starts_nothing_for_who_signed_in_long_ago(kari: Browser) -> None:
    forget_the_password()
    answer = kari.get("/en/data/copy")
    assert answer.status_code == 303
    assert "refresh" not in answer.headers


def test_downloads_are_limited_for_each_person(kari: Browser, browsers: Browsers) -> None:
    for number in range(DOWNLOADS_PER_USER.times):
        assert kari.get(ADDRESSES[number % 2]).status_code == 200
    refused = [kari.get(address) for address in (*ADDRESSES, *ADDRESSES)]
    assert refused[-1].status_code == 429
    assert int(refused[-1].headers["retry-after"]) > 0
    assert browsers().sign_in_as(TOR).get(MY_DATA.address).status_code == 200


def test_a_look_at_the_headers_makes_nothing(kari: Browser) -> None:
    answer = kari.head(MY_DATA.address)
    assert answer.status_code == 200
    assert answer.content == b""
    assert recorded(AuditEvent.COPY_DOWNLOADED) == 0


# How a file is sent while it is made


class Made:
    """Pieces that hold the database as a copy does, and note where and how they are made."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.languages: list[str] = []
        self.ended = False

    def pieces(self) -> Iterator[bytes]:
        with reading() as db:
            try:
                for number in range(100):
                    db.execute(select(col(SignInSession.id)))
                    self.threads.add(threading.get_ident())
                    self.languages.append(current_locale())
                    yield b"%d " % number
            finally:
                self.ended = True


def place() -> ExitStack:
    """A place among the files that are being sent, which whoever sends gives back."""
    held = ExitStack()
    held.enter_context(place_for("kari"))
    return held


@pytest.fixture(autouse=True)
def every_place_is_given_back() -> Iterator[None]:
    """However a file ends."""
    yield
    assert streams._open == {}


async def sent(made: Made, receive: Any, send: Any, version: str = "2.3") -> None:
    with using("fi"):
        response = MadeWhileSent(made.pieces, media_type="text/plain", headers={}, held=place())
    scope = {"type": "http", "method": "GET", "asgi": {"spec_version": version}}
    await response(scope, receive, send)


def held() -> int:
    pool: Any = get_engine().pool
    return pool.checkedout()


async def waits_for_ever() -> dict[str, str]:
    await asyncio.Event().wait()
    raise AssertionError("nothing comes")


def test_every_piece_is_made_on_a_thread_in_the_visitor_s_language(
    database: str, runner: asyncio.Runner
) -> None:
    made, got = Made(), []

    async def send(message: Message) -> None:
        got.append(message.get("body", b""))

    runner.run(sent(made, waits_for_ever, send))
    assert b"".join(got) == b"".join(b"%d " % number for number in range(100))
    assert threading.get_ident() not in made.threads
    assert set(made.languages) == {"fi"}
    assert made.ended
    assert held() == 0


def test_a_visitor_who_leaves_leaves_no_transaction_open(
    database: str, runner: asyncio.Runner
) -> None:
    """As servers tell it by the older protocol: a message says that nobody listens."""
    made, gone, pieces = Made(), asyncio.Event(), 0

    async def send(message: Message) -> None:
        nonlocal pieces
        pieces += bool(message.get("body"))
        if pieces == 3:
            assert held() == 1
            gone.set()
        await asyncio.sleep(0)

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    runner.run(sent(made, receive, send))
    assert 3 <= pieces < 100
    assert made.ended
    assert held() == 0


@pytest.mark.parametrize("version", ["2.3", "2.4"])
def test_a_line_that_breaks_leaves_no_transaction_open(
    database: str, runner: asyncio.Runner, version: str
) -> None:
    made, pieces = Made(), 0

    async def send(message: Message) -> None:
        nonlocal pieces
        pieces += bool(message.get("body"))
        if pieces == 3:
            raise OSError("the line is gone")

    with pytest.RaisesGroup(OSError, allow_unwrapped=True) if version == "2.3" else using("en"):
        runner.run(sent(made, waits_for_ever, send, version))
    assert made.ended
    assert held() == 0


def test_a_request_that_is_cancelled_leaves_no_transaction_open(
    database: str, runner: asyncio.Runner
) -> None:
    made = Made()

    async def cancelled() -> None:
        begun = asyncio.Event()

        async def send(message: Message) -> None:
            if message.get("body"):
                begun.set()
                await asyncio.sleep(60)

        task = asyncio.ensure_future(sent(made, waits_for_ever, send))
        await begun.wait()
        assert held() == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    runner.run(cancelled())
    assert made.ended
    assert held() == 0


def test_an_error_on_the_way_breaks_the_file_off_and_is_not_hidden(
    database: str, runner: asyncio.Runner
) -> None:
    def pieces() -> Iterator[bytes]:
        with reading() as db:
            db.execute(select(col(SignInSession.id)))
            yield b"half"
            raise LookupError("something is wrong with the rest")

    sent_messages: list[Message] = []

    async def send(message: Message) -> None:
        sent_messages.append(message)

    async def run() -> None:
        response = MadeWhileSent(pieces, media_type="text/plain", headers={}, held=place())
        scope = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.3"}}
        await response(scope, waits_for_ever, send)

    with pytest.RaisesGroup(LookupError, allow_unwrapped=True):
        runner.run(run())
    assert all(message.get("more_body", True) for message in sent_messages)  # no proper end
    assert held() == 0


# How many are sent at once, and for how long


def test_who_finds_every_place_taken_is_told_so_and_nothing_is_counted(kari: Browser) -> None:
    with ExitStack() as others:
        for number in range(MOST_OPEN):
            others.enter_context(place_for(f"visitor {number}"))
        for _again in range(DOWNLOADS_PER_USER.times + 1):
            refused = kari.get(MY_DATA.address)
            assert refused.status_code == 503
            assert title(refused) == "We are busy"
    assert recorded(AuditEvent.COPY_DOWNLOADED) == 0
    assert data_in(kari.get(MY_DATA.address))["person"]["email"] == KARI


def test_one_person_leaves_places_for_the_others() -> None:
    with ExitStack() as open_files:
        for _number in range(MOST_OPEN_OF_ONE):
            open_files.enter_context(place_for("kari"))
        with pytest.raises(TooManyOpenError):
            open_files.enter_context(place_for("kari"))
        open_files.enter_context(place_for("tor"))


def test_a_refused_download_takes_no_place(kari: Browser) -> None:
    for _number in range(DOWNLOADS_PER_USER.times):
        assert kari.get(MY_DATA.address).status_code == 200
    assert kari.get(MY_DATA.address).status_code == 429
    assert streams._open == {}


def test_open_files_leave_most_of_the_database_to_everybody_else(database: str) -> None:
    pool: Any = get_engine().pool
    assert pool.size() > MOST_OPEN


def test_a_line_that_is_too_slow_is_let_go(
    database: str, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LONGEST", timedelta(seconds=0.2))
    made, sent_messages = Made(), list[Message]()

    async def send(message: Message) -> None:
        sent_messages.append(message)
        if len(sent_messages) == 3:
            assert held() == 1
            await asyncio.Event().wait()  # nobody takes this piece

    with pytest.raises(TimeoutError):
        runner.run(sent(made, waits_for_ever, send))
    assert len(sent_messages) == 3
    assert all(message.get("more_body", True) for message in sent_messages)  # no proper end
    assert made.ended
    assert held() == 0
