"""Data requests of people without an account: asked by anyone, counted once it is sure whose
they are.

Nothing here looks at who has an account, so that no answer can tell. A request with an e-mail
address counts when the mailed link was used; one with a phone number only, when support has called
back. The month runs from the day of receipt in either case.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlmodel import Session, col

from portal.accounts.users import parse_name, user_with
from portal.actor import Actor
from portal.audit.events import AuditEvent
from portal.emails import parse_email
from portal.encryption import token_hash
from portal.errors import InvalidFieldsError, InvalidValueError, PortalError, in_field
from portal.mail import outbox
from portal.phones import country_of, parse_phone
from portal.privacy.cases import note, tell_leads, tell_received
from portal.privacy.deadlines import due_on, office_day
from portal.privacy.identity_numbers import refuse_identity_numbers
from portal.privacy.limits import (
    LINK_LIFE,
    TOLD_AGAIN,
    leads_may_be_mailed,
    may_be_called,
    may_be_mailed,
)
from portal.privacy.models import DataRequest, RequestKind, Verification
from portal.privacy.requests import parse_kind, parse_words
from portal.settings import get_settings

PURPOSE = "data-request"


class ConfirmationEndedError(PortalError):
    """The link is unknown or too old: nothing tells these apart."""

    code = "link-ended"
    status = 410


class AlreadyConfirmedError(PortalError):
    """The link was used: the request counts. What it is about is no longer told."""

    code = "already-confirmed"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody typed. One of e-mail address and phone number is enough."""

    name: str
    email: str = ""
    phone: str = ""
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Unconfirmed:
    """A request that waits for its link to be used."""

    kind: RequestKind
    received_on: date
    due_on: date


def ask(db: Session, actor: Actor, asked: Asked, *, locale: str, now: datetime) -> Verification:
    """Take a request, and say how it will be confirmed: by mail, or by calling back.

    Above three a day from one address or number nothing is kept or sent, and the answer is the
    same. Above fifty a day that wait for a call, the leads see them in their list only.

    Args:
        db: a transaction.
        actor: the visitor.
        asked: what they typed.
        locale: the language of the page, in which they are written to.
        now: the time of receipt.

    Raises:
        InvalidFieldsError: what is wrong with `name`, `email`, `phone`, `kind` or `words`;
            `email-or-phone` (field `email`) if there is neither.
    """
    values = _checked(asked, locale)
    if not values["email"]:
        if may_be_called(values["phone"]):
            _await_call(db, actor, values, locale=locale, now=now)
        return Verification.CALL_BACK
    if may_be_mailed(values["email"]):
        _mail_link(db, actor, values, locale=locale, now=now)
    return Verification.MAIL


def open_confirmation(db: Session, token: str, *, now: datetime) -> Unconfirmed:
    """Look at the request behind a mailed link, without confirming it.

    Raises:
        ConfirmationEndedError: there is nothing to confirm.
        AlreadyConfirmedError: it was confirmed.
    """
    return _in_short(_waiting(db.execute(_behind(token)).scalar(), now))


def just_confirmed(db: Session, token: str, *, now: datetime) -> Unconfirmed:
    """What was confirmed by this link a moment ago, for whoever did it.

    Raises:
        ConfirmationEndedError: nothing was ever confirmed by it.
        AlreadyConfirmedError: that is too long ago to tell more.
    """
    request = db.execute(_behind(token)).scalar()
    if request is None or request.verified_at is None:
        raise ConfirmationEndedError
    if request.verified_at + TOLD_AGAIN <= now:
        raise AlreadyConfirmedError
    return _in_short(request)


def confirm(db: Session, actor: Actor, token: str, *, now: datetime) -> Unconfirmed:
    """Use the link: the request counts, from the day on which it came. Whoever has an account
    with that address finds it there.

    Raises:
        ConfirmationEndedError: there is nothing to confirm.
        AlreadyConfirmedError: it was confirmed.
    """
    locked = _behind(token).with_for_update()
    request = _waiting(db.execute(locked.execution_options(populate_existing=True)).scalar(), now)
    request.verified_at, request.verified_by = now, Verification.MAIL.value
    user = user_with(db, request.email.lower())
    request.user_id = user.id if user and user.staff_role is None else None
    db.add(request)
    db.flush()
    note(db, AuditEvent.DATA_REQUEST_CONFIRMED, actor, request, now=now, by=request.verified_by)
    tell_received(db, request, now=now)
    return _in_short(request)


def _checked(asked: Asked, locale: str) -> dict[str, str]:
    kinds = tuple(RequestKind)
    kind = next((each for each in kinds if each.value == asked.kind), None)
    parsers: dict[str, Callable[[], str]] = {
        "name": lambda: refuse_identity_numbers(parse_name(asked.name)),
        "email": lambda: parse_email(asked.email) if asked.email.strip() else "",
        "phone": lambda: (
            parse_phone(asked.phone, country_of(locale)) if asked.phone.strip() else ""
        ),
        "kind": lambda: parse_kind(asked.kind, kinds).value,
        "words": lambda: parse_words(asked.words, kind),
    }
    values: dict[str, str] = {}
    wrong: dict[str, PortalError] = {}
    for field, parse in parsers.items():
        try:
            with in_field(field):
                values[field] = parse()
        except InvalidValueError as error:
            wrong[field] = error
    if not asked.email.strip() and not asked.phone.strip():
        wrong["email"] = InvalidValueError("email-or-phone", "email")
    if wrong:
        raise InvalidFieldsError({field: wrong[field] for field in parsers if field in wrong})
    return values


def _request(values: dict[str, str], locale: str, now: datetime) -> DataRequest:
    return DataRequest(
        kind=values["kind"],
        name=values["name"],
        email=values["email"],
        phone=values["phone"],
        words=values["words"],
        locale=locale,
        received_at=now,
        due_on=due_on(office_day(now)),
    )


def _await_call(
    db: Session, actor: Actor, values: dict[str, str], *, locale: str, now: datetime
) -> None:
    request = _request(values, locale, now)
    db.add(request)
    db.flush()
    note(db, AuditEvent.DATA_REQUEST_OPENED, actor, request, now=now, by="call-back")
    if leads_may_be_mailed():
        tell_leads(db, request, new=True, now=now)


def _mail_link(
    db: Session, actor: Actor, values: dict[str, str], *, locale: str, now: datetime
) -> None:
    token = secrets.token_urlsafe(32)
    request = _request(values, locale, now)
    request.token_hash, request.link_ends_at = token_hash(token), now + LINK_LIFE
    db.add(request)
    db.flush()
    note(db, AuditEvent.DATA_REQUEST_OPENED, actor, request, now=now, by="mail")
    # Neither the name nor the words: a stranger may have typed them, to a stranger's address.
    outbox.post(
        db,
        kind="data-request-verify",
        recipient=request.email,
        locale=locale,
        values={
            "name": "",
            "link": f"{get_settings().origin}/go/{PURPOSE}/{token}?l={locale}",
            "days": LINK_LIFE.days,
        },
        now=now,
    )


def _behind(token: str) -> Select[DataRequest]:
    """The request whose link has this token."""
    return select(DataRequest).where(col(DataRequest.token_hash) == token_hash(token))


def _waiting(request: DataRequest | None, now: datetime) -> DataRequest:
    """The request, while its link can be used."""
    if request is not None and request.verified_at is not None:
        raise AlreadyConfirmedError
    if request is None or request.link_ends_at is None or request.link_ends_at <= now:
        raise ConfirmationEndedError
    return request


def _in_short(request: DataRequest) -> Unconfirmed:
    received = office_day(request.received_at)
    return Unconfirmed(RequestKind(request.kind), received, request.due_on)
