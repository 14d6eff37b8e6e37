"""`portal doctor`: what is wrong with the configuration, a sentence for each thing."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import redis
from sqlalchemy.exc import SQLAlchemyError

from portal import migrations
from portal.audit.keys import key_changed
from portal.database import get_engine, reading
from portal.mail import delivery
from portal.settings import Settings

TIMEOUT = 3  # seconds for each server that is asked


def diagnose(settings: Settings) -> Iterator[str]:
    """Sentences about what does not work; none when all is well."""
    yield from _address(settings)
    yield from _database()
    yield from _redis(settings)
    yield from _mail(settings)
    yield from _machines(settings)


def _address(settings: Settings) -> Iterator[str]:
    public = urlsplit(settings.public_url)
    if not settings.in_production and public.port not in {None, settings.port}:
        yield (
            f"PORTAL_PUBLIC_URL names port {public.port}, but PORTAL_PORT is {settings.port}: "
            "without a proxy between them nobody reaches the portal at its public address."
        )
    if settings.in_production and settings.trusted_proxies == 0:
        yield (
            "PORTAL_TRUSTED_PROXIES is 0: behind a reverse proxy all visitors would share one "
            "address and one rate limit. Set it to the number of proxies in front."
        )


def _database() -> Iterator[str]:
    try:
        if not migrations.is_current(get_engine()):
            yield "The database's tables are not those of this version: run `portal migrate`."
            return
        with reading() as db:
            mail = delivery.health(db, now=datetime.now(UTC))
            broken = key_changed(db)
    except SQLAlchemyError as error:
        yield f"PORTAL_DATABASE_URL names a database that does not answer: {_first_line(error)}."
        return
    if mail.late:
        yield f"{mail.late} mails wait for longer than they should: is a worker running?"
    if mail.given_up:
        yield f"{mail.given_up} mails could not be delivered in the last 30 days: see the log."
    if broken:
        yield (
            "PORTAL_PSEUDONYM_KEY is not the key that this database was begun with: the audit "
            "trail would call the same people by new names. Put the old key back."
        )


def _redis(settings: Settings) -> Iterator[str]:
    if not settings.redis_url:
        return
    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=TIMEOUT).ping()
    except (redis.RedisError, ValueError) as error:
        yield f"PORTAL_REDIS_URL names a Redis that does not answer: {_first_line(error)}."


def _mail(settings: Settings) -> Iterator[str]:
    if settings.mail_url == "folder":
        return
    server = urlsplit(settings.mail_url)
    kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(server.hostname or "", server.port or 0, timeout=TIMEOUT) as connection:
            connection.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield f"PORTAL_MAIL_URL names a mail server that does not answer: {_first_line(error)}."


def _machines(settings: Settings) -> Iterator[str]:
    if settings.in_production and not settings.station_token_list:
        yield (
            "PORTAL_STATION_TOKENS is empty: the monitoring station cannot fetch the call lists, "
            "and calls whom it called before."
        )
    if settings.in_production and not settings.sender_token_list:
        yield (
            "PORTAL_SENDER_TOKENS is empty: STOP by SMS, complaints and bounces cannot come back "
            "from the companies that send mailings."
        )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__
