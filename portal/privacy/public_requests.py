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
from portal.privacy.limits import LINK_LIFE, may_be_mailed
from portal.privacy.models import DataRequest, RequestKind, Verification
from portal.privacy.requests import parse_kind, parse_words
from portal.settings import get_settings

PURPOSE = "data-request"


class ConfirmationEndedError(PortalError):
    """The link is unknown, used or too old: nothing tells these apart."""

    code = "link-ended"
    status = 410


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

    Above three mails a day to one address nothing is kept or sent, and the answer is the same.

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
        request = _request(values, locale, now)
        db.add(request)
        db.flush()
        note(db, AuditEvent.DATA_REQUEST_OPENED, actor, request, now=now, by="call-back")
        tell_leads(db, request, new=True, now=now)
        return Verification.CALL_BACK
    if may_be_mailed(values["email"]):
        _mail_link(db, actor, values, locale=locale, now=now)
    return Verification.MAIL


def open_confirmation(db: Session, token: str, *, now: datetime) -> Unconfirmed:
    """Look at the request behind a mailed link, without confirming it.

    Raises:
        ConfirmationEndedError: there is nothing to confirm (any more).
    """
    return _in_short(_found(db.execute(_waiting_for(token, now)).scalar()))


def confirm(db: Session, actor: Actor, token: str, *, now: datetime) -> Unconfirmed:
    """Use the link: the request counts, from the day on which it came. Whoever has an account
    with that address finds it there.

    Raises:
        ConfirmationEndedError: there is nothing to confirm (any more).
    """
    locked = _waiting_for(token, now).with_for_update()
    request = _found(db.execute(locked.execution_options(populate_existing=True)).scalar())
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
        "name": lambda: parse_name(asked.name),
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


def _waiting_for(token: str, now: datetime) -> Select[DataRequest]:
    """The request whose link has this token, while it can be used."""
    return select(DataRequest).where(
        col(DataRequest.token_hash) == token_hash(token),
        col(DataRequest.verified_at).is_(None),
        col(DataRequest.link_ends_at) > now,
    )


def _found(request: DataRequest | None) -> DataRequest:
    if request is None:
        raise ConfirmationEndedError
    return request


def _in_short(request: DataRequest) -> Unconfirmed:
    received = office_day(request.received_at)
    return Unconfirmed(RequestKind(request.kind), received, request.due_on)
