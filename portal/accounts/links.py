"""One-time links: mailed to a person, good for one purpose, one use and a limited time.

Opening a link (which mail scanners do) changes nothing; using it is one conditional update, of
which two at once cannot both succeed. The database keeps only the token's hash.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from portal.accounts.models import LinkPurpose, OneTimeLink, User
from portal.encryption import token_hash
from portal.errors import PortalError
from portal.settings import get_settings

LIFE: dict[LinkPurpose, timedelta] = {
    LinkPurpose.ACTIVATE: timedelta(days=14),
    LinkPurpose.RESET_PASSWORD: timedelta(minutes=30),
    LinkPurpose.CONFIRM_EMAIL: timedelta(hours=24),
    LinkPurpose.UNDO_EMAIL: timedelta(days=7),
    LinkPurpose.KEEP_ACCOUNT: timedelta(days=14),
}


class LinkRefusedError(PortalError):
    """The link cannot be used; `code` says why.

    `link-unknown` (also for a link of another purpose), `link-used` or `link-expired` (also
    when a newer one replaced it). Nobody without the token learns anything from the difference.
    """

    status = 410

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__()


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is good now, and the person it was mailed to."""

    purpose: LinkPurpose
    user_id: UUID
    name: str
    email: str
    locale: str
    created_at: datetime
    details: dict[str, Any] = field(repr=False)


def create(
    db: Session, user_id: UUID, purpose: LinkPurpose, *, now: datetime, **details: object
) -> str:
    """A new link's token. Older unused ones of the same purpose and person stop working.

    Undo links stay: a thief who changes the address twice must not void the owner's way back. So
    do those that keep an account: each is about a deletion of its own.
    """
    if purpose not in {LinkPurpose.UNDO_EMAIL, LinkPurpose.KEEP_ACCOUNT}:
        void(db, user_id, purpose, now=now)
    token = secrets.token_urlsafe(32)
    db.add(OneTimeLink(**_row(token, user_id, purpose, details, now)))
    return token


def create_many(
    db: Session,
    details: Mapping[UUID, Mapping[str, object]],
    purpose: LinkPurpose,
    *,
    now: datetime,
) -> dict[UUID, str]:
    """New tokens for people who have no link yet, written in one statement.

    `details` has those of each person's link, by the person's id.
    """
    tokens = {user_id: secrets.token_urlsafe(32) for user_id in details}
    rows = [
        _row(token, user_id, purpose, details[user_id], now) for user_id, token in tokens.items()
    ]
    if rows:
        db.execute(insert(OneTimeLink), rows)
    return tokens


def _row(
    token: str,
    user_id: UUID,
    purpose: LinkPurpose,
    details: Mapping[str, object],
    now: datetime,
) -> dict[str, Any]:
    return {
        "token_hash": token_hash(token),
        "purpose": purpose.value,
        "user_id": user_id,
        "details": dict(details),
        "created_at": now,
        "expires_at": now + LIFE[purpose],
    }


def address(purpose: LinkPurpose, token: str, locale: str) -> str:
    """Where the mailed link leads: always the configured public address."""
    return f"{get_settings().origin}/go/{purpose.value}/{token}?l={locale}"


def open_link(db: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> Link:
    """Look at a link without using it.

    Raises:
        LinkRefusedError: it is unknown, for another purpose, used or expired.
    """
    statement = (
        select(OneTimeLink, User)
        .join(User, col(User.id) == col(OneTimeLink.user_id))
        .where(OneTimeLink.token_hash == token_hash(token), OneTimeLink.purpose == purpose.value)
    )
    found = db.exec(statement).first()
    if found is None:
        raise LinkRefusedError("link-unknown")
    link, user = found
    if link.used_at is not None:
        raise LinkRefusedError("link-used")
    if link.expires_at <= now:
        raise LinkRefusedError("link-expired")
    return Link(
        purpose, user.id, user.name, user.email, user.locale, link.created_at, dict(link.details)
    )


def use(db: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> Link:
    """Use a link up. Of two requests at once exactly one succeeds.

    Raises:
        LinkRefusedError: as `open_link`.
    """
    claimed = db.execute(
        update(OneTimeLink)
        .where(
            col(OneTimeLink.token_hash) == token_hash(token),
            col(OneTimeLink.purpose) == purpose.value,
            col(OneTimeLink.used_at).is_(None),
            col(OneTimeLink.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(OneTimeLink.user_id), col(OneTimeLink.created_at), col(OneTimeLink.details))
    ).first()
    if claimed is None:
        open_link(db, token, purpose, now=now)  # knows the reason
        raise LinkRefusedError("link-used")
    user_id, created_at, details = claimed
    user = db.get_one(User, user_id)
    return Link(purpose, user_id, user.name, user.email, user.locale, created_at, dict(details))


def void(
    db: Session,
    user_id: UUID,
    *purposes: LinkPurpose,
    now: datetime,
    since: datetime | None = None,
) -> None:
    """Let the person's unused links of these purposes expire now, or only those made `since`."""
    statement = (
        update(OneTimeLink)
        .where(
            col(OneTimeLink.user_id) == user_id,
            col(OneTimeLink.purpose).in_([purpose.value for purpose in purposes]),
            col(OneTimeLink.used_at).is_(None),
            col(OneTimeLink.expires_at) > now,
        )
        .values(expires_at=now)
    )
    if since is not None:
        statement = statement.where(col(OneTimeLink.created_at) >= since)
    db.execute(statement)
