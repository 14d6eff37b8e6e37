"""One data request on its way: whom it waits for, until when, and who is told what about it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.staff import mail_leads
from portal.accounts.users import mail_to
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.languages import using
from portal.mail import outbox
from portal.notices.controller import AUTHORITIES, home_country
from portal.privacy.deadlines import office_day
from portal.privacy.models import DataRequest, RequestKind
from portal.privacy.request_kinds import kind_name


class RequestStatus(StrEnum):
    """How far a request has come. `TO_CALL_BACK`: it is not sure yet whose it is. `CLOSED`: that
    could not be found out.
    """

    TO_CALL_BACK = "to call back"
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


def is_before_us() -> ColumnElement[bool]:
    """Requests that somebody must see to: those of people who are known, and of people to be
    called back. Whoever has still to open the mailed link is not heard yet.
    """
    return and_(
        col(DataRequest.answered_at).is_(None),
        or_(col(DataRequest.verified_at).is_not(None), col(DataRequest.email) == ""),
    )


def status_of(request: DataRequest) -> RequestStatus:
    over = request.answered_at is not None
    if request.verified_at is None:
        return RequestStatus.CLOSED if over else RequestStatus.TO_CALL_BACK
    return RequestStatus.ANSWERED if over else RequestStatus.OPEN


def deadline_of(request: DataRequest) -> date:
    """The day that holds now."""
    return request.extended_until or request.due_on


def note(
    db: Session,
    event: AuditEvent,
    actor: Actor,
    request: DataRequest,
    *,
    now: datetime,
    **details: Any,
) -> None:
    """Write into the trail what was done about whose request."""
    trail.record(
        db,
        event,
        actor,
        now=now,
        subject=request.user_id,
        customer=request.customer_id,
        kind=request.kind,
        **details,
    )


def mail_asker(
    db: Session, request: DataRequest, kind: str, values: dict[str, Any], *, now: datetime
) -> bool:
    """Write to whoever made the request: to their account's address, or to the one they gave.
    False if they gave none.
    """
    user = db.get(User, request.user_id) if request.user_id else None
    locale = user.locale if user else request.locale
    with using(locale):
        about = {
            "about": kind_name(RequestKind(request.kind)),
            "authority": AUTHORITIES[home_country()].name,
            "has_account": user is not None,
        }
    if user is not None:
        mail_to(db, user, kind, {"name": user.name, **about, **values}, now=now)
    elif request.email:
        outbox.post(
            db,
            kind=kind,
            recipient=request.email,
            locale=locale,
            values={"name": request.name, **about, **values},
            now=now,
        )
    return reaches_asker(request)


def reaches_asker(request: DataRequest) -> bool:
    """Whether whoever made the request can be written to."""
    return request.user_id is not None or request.email != ""


def tell_received(db: Session, request: DataRequest, *, now: datetime) -> None:
    """Tell the person that the request counts, and the leads that it has come."""
    values = {"received_on": office_day(request.received_at), "day": request.due_on}
    mail_asker(db, request, "data-request-received", values, now=now)
    tell_leads(db, request, new=True, now=now)


def tell_leads(db: Session, request: DataRequest, *, new: bool, now: datetime) -> None:
    """Tell the leads of a request: that it has come, or that its day comes near."""

    def values() -> dict[str, Any]:
        return {
            "about": kind_name(RequestKind(request.kind)),
            "day": deadline_of(request),
            "new": new,
            "to_call_back": request.verified_at is None,
        }

    mail_leads(db, "data-request-lead", values, now=now)
