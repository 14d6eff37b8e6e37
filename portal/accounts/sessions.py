"""Sessions: one row for each browser that is signed in, looked up on every event.

The cookie holds 256 random bits that mean nothing by themselves; the database keeps their hash.
A look-up is one statement without ORM objects, because it is part of every answer of the portal.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select, update
from sqlmodel import Session, col

from portal.accounts.models import SignInSession, User
from portal.actor import Actor, StaffRole
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.encryption import token_hash
from portal.errors import NotAllowedError, NotFoundError


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives without a sign of life, and at most."""

    idle: timedelta
    absolute: timedelta


CUSTOMER_LIMITS = Limits(idle=timedelta(hours=12), absolute=timedelta(days=30))
STAFF_LIMITS = Limits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that is good now, and whose it is."""

    session_id: UUID
    user_id: UUID
    name: str
    locale: str
    staff_role: StaffRole | None
    authenticated_at: datetime
    last_seen_at: datetime

    def seen_long_ago(self, now: datetime) -> bool:
        """Whether it is time to note that the session is alive (see `touch`)."""
        return now - self.last_seen_at >= SEEN_EVERY


# `portal.customers.acting` joins memberships to it, for the price of one statement.
SIGNED_IN: Select[*tuple[Any, ...]] = (
    select(
        col(SignInSession.id),
        col(SignInSession.user_id),
        col(User.name),
        col(User.locale),
        col(User.staff_role),
        col(SignInSession.authenticated_at),
        col(SignInSession.last_seen_at),
    )
    .join(User, col(User.id) == col(SignInSession.user_id))
    .where(
        col(SignInSession.token_hash) == bindparam("token_hash"),
        col(SignInSession.ended_at).is_(None),
        col(SignInSession.expires_at) > bindparam("now"),
    )
)


def start(db: Session, user: User, *, device: str, now: datetime) -> tuple[str, SignInSession]:
    """A new session of this user, and the token for the browser's cookie."""
    token = secrets.token_urlsafe(32)
    session = SignInSession(
        token_hash=token_hash(token),
        user_id=user.id,
        device=device[:80],
        created_at=now,
        last_seen_at=now,
        authenticated_at=now,
        expires_at=now + _limits(user.staff_role).absolute,
    )
    db.add(session)
    db.flush()
    return token, session


def find(db: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Who holds this token; None when it is unknown, ended, or past one of its limits."""
    row = look_up(db, SIGNED_IN, token, now=now)
    return signed_in(row, now=now) if row is not None else None


def alive(db: Session, tokens: Iterable[str], *, now: datetime) -> set[str]:
    """Those of the tokens whose session is still good."""
    return {token for token in tokens if find(db, token, now=now) is not None}


def look_up(
    db: Session, statement: Select[*tuple[Any, ...]], token: str, *, now: datetime
) -> Sequence[Any] | None:
    """The first row of `SIGNED_IN`, or of a statement built on it."""
    values = {"token_hash": token_hash(token), "now": now}
    return db.connection().execute(statement, values).first()


def signed_in(row: Sequence[Any], *, now: datetime) -> SignedIn | None:
    """The row of `SIGNED_IN` as a record; None when the session has been idle for too long."""
    session_id, user_id, name, locale, staff_role, authenticated_at, last_seen_at = row
    if now - last_seen_at >= _limits(staff_role).idle:
        return None
    return SignedIn(
        session_id,
        user_id,
        name,
        locale,
        StaffRole(staff_role) if staff_role else None,
        authenticated_at,
        last_seen_at,
    )


def touch(db: Session, session_id: UUID, *, now: datetime) -> None:
    """Note that the session is alive; due when `seen_long_ago` says so, once a minute."""
    db.execute(
        update(SignInSession)
        .where(
            col(SignInSession.id) == session_id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.last_seen_at) < now,
        )
        .values(last_seen_at=now)
    )


def prove_again(db: Session, actor: Actor, *, now: datetime) -> str:
    """A new token for the same session, whose user has just proven again who they are.

    A new proof makes a new token (ASVS 7.2.4); the old one stops working.

    Raises:
        NotFoundError: the session has ended meanwhile.
    """
    token = secrets.token_urlsafe(32)
    renewed = db.execute(
        update(SignInSession)
        .where(
            col(SignInSession.id) == actor.session_id,
            col(SignInSession.user_id) == actor.user,
            col(SignInSession.ended_at).is_(None),
        )
        .values(token_hash=token_hash(token), authenticated_at=now, last_seen_at=now)
        .returning(col(SignInSession.id))
    ).first()
    if renewed is None:
        raise NotFoundError
    return token


@dataclass(frozen=True, slots=True)
class Device:
    """One of the user's sessions, as the list of devices shows it."""

    session_id: UUID
    device: str
    signed_in_at: datetime
    last_seen_at: datetime
    current: bool


def devices(db: Session, actor: Actor, *, now: datetime) -> list[Device]:
    """Where the user is signed in now: this browser first, then the one seen last."""
    idle = _limits(actor.staff_role).idle
    rows = db.execute(
        select(
            col(SignInSession.id),
            col(SignInSession.device),
            col(SignInSession.created_at),
            col(SignInSession.last_seen_at),
        ).where(
            *_open_sessions(actor.user),
            col(SignInSession.expires_at) > now,
            col(SignInSession.last_seen_at) > now - idle,
        )
    )
    found = [Device(*row, current=row.id == actor.session_id) for row in rows]
    return sorted(found, key=lambda device: (device.current, device.last_seen_at), reverse=True)


def sign_out(db: Session, actor: Actor, *, now: datetime) -> None:
    """End the session in which the actor acts."""
    if _end(db, col(SignInSession.id) == actor.session_id, *_open_sessions(actor.user), now=now):
        trail.record(db, AuditEvent.SIGNED_OUT, actor, now=now, subject=actor.user)


def end_device(db: Session, actor: Actor, session_id: UUID, *, now: datetime) -> list[UUID]:
    """Sign one of the user's browsers out. Returns the sessions that ended.

    Raises:
        NotFoundError: the user has no such session.
    """
    ended = _end(db, col(SignInSession.id) == session_id, *_open_sessions(actor.user), now=now)
    if not ended:
        raise NotFoundError
    trail.record(db, AuditEvent.SESSION_ENDED, actor, now=now, subject=actor.user)
    return ended


def end_other_devices(db: Session, actor: Actor, *, now: datetime) -> list[UUID]:
    """Sign the user out everywhere but here. Returns the sessions that ended.

    Raises:
        NotAllowedError: the actor acts without a session.
    """
    if actor.session_id is None:
        raise NotAllowedError
    ended = end_all(db, actor.user, now=now, but=actor.session_id)
    trail.record(
        db,
        AuditEvent.OTHER_SESSIONS_ENDED,
        actor,
        now=now,
        subject=actor.user,
        sessions=len(ended),
    )
    return ended


def end_all(db: Session, user_id: UUID, *, now: datetime, but: UUID | None = None) -> list[UUID]:
    """End every session of a user, except one if given. The caller tells the trail why."""
    others = () if but is None else (col(SignInSession.id) != but,)
    return _end(db, *_open_sessions(user_id), *others, now=now)


def end_by_token(db: Session, token: str, *, now: datetime) -> None:
    """End the session that a browser still carries when somebody signs in anew."""
    _end(
        db,
        col(SignInSession.token_hash) == token_hash(token),
        col(SignInSession.ended_at).is_(None),
        now=now,
    )


def _open_sessions(user_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return col(SignInSession.user_id) == user_id, col(SignInSession.ended_at).is_(None)


def _end(db: Session, *which: ColumnElement[bool], now: datetime) -> list[UUID]:
    ended = update(SignInSession).where(*which).values(ended_at=now)
    return list(db.execute(ended.returning(col(SignInSession.id))).scalars())


def _limits(staff_role: str | None) -> Limits:
    return STAFF_LIMITS if staff_role else CUSTOMER_LIMITS
