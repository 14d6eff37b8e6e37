"""How mail leaves: by SMTP, or into a folder where a developer can read it."""

import contextlib
import os
import re
import smtplib
import socket
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from portal.settings import Settings

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30
_ENHANCED_STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")


class MailError(Exception):
    """A mail did not leave. The text is a status code or a few words: never an address."""


class RefusedError(MailError):
    """The server will never take this mail (RFC 5321: 5yz)."""


class NotNowError(MailError):
    """The server may take this mail later (4yz)."""


class UnreachableError(MailError):
    """No mail can leave at present: no server, no trust in it, or it does not know us."""


class Transport(Protocol):
    """Sends one mail after another, by one worker."""

    def send(self, mail: EmailMessage) -> None:
        """Hand the mail over; on return the other side answers for it.

        Raises:
            RefusedError, NotNowError, UnreachableError: it did not leave.
        """
        ...

    def close(self) -> None:
        """Let go of what is open. The next `send` opens it again."""
        ...

    def abort(self) -> None:
        """End a `send` that is under way in another thread."""
        ...


class FolderTransport:
    """A file for each mail, `.eml`; their names sort by time of sending."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: EmailMessage) -> None:
        identifier = re.sub(r"[^\w.-]", "", mail["Message-ID"].partition("@")[0])
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{identifier}"
        unfinished = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(mail.as_bytes())
            unfinished.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise UnreachableError(f"the mail folder: {os.strerror(error.errno or 0)}") from error

    def close(self) -> None:
        """A folder is never open."""

    def abort(self) -> None:
        """Writing a file takes no time worth ending."""


class SmtpTransport:
    """A mail server. The connection stays open from one mail to the next until `close`."""

    def __init__(self, url: str, hostname: str) -> None:
        parts = urlsplit(url)
        self._implicit_tls = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls") == ["require"]
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._implicit_tls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._hostname = hostname
        self._connection: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        connection = self._connection or self._connect()
        try:
            connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPSenderRefused as error:  # of our own address: no fault of the mail
            raise UnreachableError(_status(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedError("the server cannot write to this address") from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise UnreachableError(type(error).__name__) from error

    def close(self) -> None:
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        with contextlib.suppress(OSError, smtplib.SMTPException):  # the mails have left already
            connection.quit()
        connection.close()

    def abort(self) -> None:
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):  # closed meanwhile, which is what is wanted
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> smtplib.SMTP:
        trust = ssl.create_default_context()
        server = (self._host, self._port, self._hostname)
        connection: smtplib.SMTP | None = None
        try:
            if self._implicit_tls:
                connection = smtplib.SMTP_SSL(*server, context=trust, timeout=CONNECT_SECONDS)
            else:
                connection = smtplib.SMTP(*server, timeout=CONNECT_SECONDS)
            if connection.sock is not None:
                connection.sock.settimeout(ANSWER_SECONDS)
            self._connection = connection  # from here on `abort` can end the talk
            if self._starttls:
                connection.starttls(context=trust)
            if self._user:
                connection.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as error:
            self._connection = None
            if connection is not None:
                connection.close()
            raise UnreachableError(_why_unreachable(error)) from error
        return connection


def transport_for(settings: Settings) -> Transport:
    """What `PORTAL_MAIL_URL` names."""
    if settings.mail_url == "folder":
        return FolderTransport(settings.mail_folder)
    return SmtpTransport(settings.mail_url, settings.public_host.partition(":")[0])


def _judged(code: int, answer: bytes | str) -> MailError:
    """What the server's answer to one mail means for it."""
    if code == 421:  # "closing the channel", whatever the mail was
        return UnreachableError(_status(code, answer))
    return (RefusedError if 500 <= code < 600 else NotNowError)(_status(code, answer))


def _why_unreachable(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _status(error.smtp_code, error.smtp_error)
    return type(error).__name__


def _status(code: int, answer: bytes | str) -> str:
    """The codes of an answer; its words are left out, for they often repeat the address."""
    words = answer.encode(errors="replace") if isinstance(answer, str) else answer
    enhanced = _ENHANCED_STATUS.search(words)
    return f"SMTP {code} {enhanced[0].decode('ascii')}" if enhanced else f"SMTP {code}"
