"""A real mail server for tests, and mail to send."""

import ssl
from asyncio.base_events import Server
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from sqlmodel import col, select

from portal.database import transaction
from portal.mail import outbox
from portal.mail.inert import Prose
from portal.mail.letters import is_marketing
from portal.mail.models import OutboxMessage
from portal.settings import get_settings

KARI = "kari@nordlys.example"
LINK = "http://localhost:3000/go/activate/9q-EXAMPLE_token_of_43_letters_0123456789ab?l=nb"
VALUES: dict[str, Any] = {
    "name": "Kari Nordli",
    "customers": ["Nordlys Bakeri AS"],
    "link": LINK,
    "minutes": 30,
    "hours": 24,
    "days": 14,
    "new_email_masked": "k•••@nordlys.example",
    "at": datetime(2027, 3, 3, 13, 5, tzinfo=UTC),
    "device": "Firefox, Windows",
    "site": "Storgata 4",
    "address": "Kirkegata 4, 7010 Trondheim",
    "moves_on": date(2027, 3, 3),
    "customer": "Nordlys Bakeri AS",
    "inviter": "Kari Nordli",
    "who": "Tor Lie",
    "role": "administrator",
    "until": datetime(2027, 3, 17, 13, 5, tzinfo=UTC),
    "yes": True,
    "scope": "account",
    "closed": True,
    "due": datetime(2027, 3, 17, 13, 5, tzinfo=UTC),
    "due_day": date(2027, 3, 17),
    "erased": ["Name, email, phone number", "Devices"],
    "kept": [{"kind": "Which notice you were given", "about": "Proof. Until 3 March 2030."}],
    "stepped_down": False,
    "contact": "Ola Berg",
    "sites": [
        {
            "place": "Storgata 4, 7030 Trondheim",
            "site": "Storgata 4",
            "people": 3,
            "reachable": 1,
            "needed": 2,
            "role": "decide",
            "key_holder": True,
        }
    ],
    "has_notice": False,
    "has_phone": "+47 90 00 01 04",
    "accepted": ["Storgata 4"],
    "declined": [{"site": "Torget", "reachable": 1, "needed": 2}],
    "first": date(2027, 3, 3),
    "reachable": 1,
    "needed": 2,
    "reason": "I am moving",
    "contacts": ["Berit Aas", "Lars Vik"],
    "day": date(2027, 3, 3),
    "key_holder": True,
    "contract_end": date(2029, 2, 28),
    "valid_from": date(2027, 3, 3),
    "valid_until": date(2027, 4, 3),
    "customer_number": "10001",
    "count": 2,
    "effective": date(2026, 11, 24),
    "about": "Correction",
    "received_on": date(2027, 2, 3),
    "has_account": True,
    "authority": "Datatilsynet",
    "because": Prose("Your request concerns many people.\n\nWe must ask each of them."),
    "answer": Prose("We have corrected it.\n\nThank you for telling us."),
    "new": True,
    "to_call_back": True,
    "changes": ("Alarm contacts can have accounts of their own.", "Tables show what we keep."),
}


STOP = "http://localhost:3000/unsubscribe/EXAMPLE_sealed_token_0123456789?l=nb"


def values_of(kind: str) -> dict[str, Any]:
    """Values for this kind of mail: only marketing has a way out."""
    return VALUES | {"unsubscribe_link": STOP} if is_marketing(kind) else VALUES


@dataclass
class Sink:
    """A mail server that keeps what it takes. `answers` overrides its answer to a recipient."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    before_taking: Callable[[], None] = lambda: None
    raw: list[bytes] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def message_ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    async def handle_EHLO(  # noqa: N802 - the name that the server calls
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return lines

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.before_taking()
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.raw.append(content)
        self.recipients.extend(envelope.rcpt_tos)
        return "250 2.0.0 taken"

    def authenticate(
        self, server: SMTP, session: Session, _envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        user, password = data.login.decode(), data.password.decode()
        self.logins.append((user, password))
        return AuthResult(success=password == "right p@ss", handled=False)


class OnFreePort(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def serve(sink: Sink, *, tls: ssl.SSLContext | None = None, **options: Any) -> Controller:
    """Start the sink on a free port; the caller stops it."""
    controller = OnFreePort(sink, hostname="127.0.0.1", port=0, ssl_context=tls, **options)
    controller.start()
    sink.port = controller.port
    return controller


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    controller = serve(sink)
    yield sink
    controller.stop()


Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Other settings for one test: `configure(MAIL_URL="folder")`."""

    def change(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"PORTAL_{name}", value)
        get_settings.cache_clear()

    yield change
    monkeypatch.undo()
    get_settings.cache_clear()


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def time(clock: datetime) -> Clock:
    return Clock(clock)


def post(now: datetime, kind: str = "password-changed", recipient: str = KARI, **more: Any) -> None:
    """Write a mail and commit."""
    with transaction() as db:
        outbox.post_many(db, [outbox.Post(kind, recipient, "nb", values_of(kind), **more)], now=now)


def rows() -> list[OutboxMessage]:
    """The whole outbox, in the order of writing."""
    with transaction() as db:
        return list(db.exec(select(OutboxMessage).order_by(col(OutboxMessage.created_at))).all())
