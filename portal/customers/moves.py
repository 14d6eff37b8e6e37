"""Moving a site: the customer asks for a new address from a day on, the back office confirms it.

Guards are sent to the present address until the request is confirmed and its day has come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, Role, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.addresses import one_line
from portal.customers.changes import FieldChange, write_changes
from portal.customers.company_fields import parse_fields
from portal.customers.models import Member, MoveStatus, MovingRequest, Site
from portal.customers.site_changes import tell_sites_changed
from portal.customers.sites import OPEN_MOVES, locked_site
from portal.errors import (
    InvalidFieldsError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    PortalError,
)
from portal.mail.outbox import Post, post_many

FARTHEST = timedelta(days=366)
_ZONES = {"FI": ZoneInfo("Europe/Helsinki")}
_OSLO = ZoneInfo("Europe/Oslo")


class MoveAlreadyRequestedError(PortalError):
    """The site has an open moving request: it must be withdrawn first."""

    code = "move-already-requested"
    status = 409


@dataclass(frozen=True, kw_only=True)
class NewAddress:
    address: str
    postal_code: str
    city: str
    country: str

    def given(self) -> dict[str, str]:
        return {
            "address": self.address,
            "postal_code": self.postal_code,
            "city": self.city,
            "country": self.country,
        }


def request_move(
    db: Session,
    actor: Actor,
    site_id: UUID,
    new: NewAddress,
    *,
    moves_on: date | None,
    now: datetime,
) -> MovingRequest:
    """Ask for a site's new address from `moves_on` on. The owners are told by mail.

    Raises:
        NotAllowedError: the actor may not edit company details.
        NotFoundError: there is no such site of this customer.
        MoveAlreadyRequestedError: one request at a time.
        InvalidFieldsError: what is wrong with the address, or with `moves_on`:
            `moves-on-required`, `moves-on-past` (it must be tomorrow or later), `moves-on-far`
            (at most a year ahead), `same-address`.
    """
    actor.require(Right.EDIT_COMPANY)
    site = locked_site(db, actor, site_id)
    if _open_request(db, actor, site.id) is not None:
        raise MoveAlreadyRequestedError
    values, day = _checked(new, moves_on, site, today(now, site.country))
    request = MovingRequest(
        customer_id=site.customer_id,
        site_id=site.id,
        address=values["address"],
        postal_code=values["postal_code"],
        city=values["city"],
        country=values["country"],
        moves_on=day,
        requested_by=actor.user,
        requested_at=now,
    )
    db.add(request)
    _note(db, actor, site, FieldChange("moving_request", "", in_words(request)), now)
    trail.record(db, AuditEvent.MOVE_REQUESTED, actor, now=now)
    db.flush()
    _tell(db, "move-requested", request, site, now)
    return request


def withdraw_move(db: Session, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """Take a request back. The site stays where it is.

    Raises:
        NotAllowedError: the actor may not edit company details.
        NotFoundError: there is no such open request of this customer.
    """
    actor.require(Right.EDIT_COMPANY)
    request = _locked_request(db, request_id, owned_by(actor, MovingRequest))
    _close(db, actor, request, MoveStatus.WITHDRAWN, now)
    trail.record(db, AuditEvent.MOVE_WITHDRAWN, actor, now=now)


def confirm_move(db: Session, actor: Actor, request_id: UUID, *, now: datetime) -> MovingRequest:
    """The back office agrees. The address changes on the day of the move, or now if it is past.

    Raises:
        NotAllowedError: only SensorNordic confirms.
        NotFoundError: there is no such request that waits for an answer.
    """
    _require_sensornordic(actor)
    request = _locked_request(db, request_id, col(MovingRequest.status) == MoveStatus.REQUESTED)
    site = db.get_one(Site, request.site_id)
    request.status = MoveStatus.CONFIRMED.value
    request.decided_at = now
    db.add(request)
    _note(db, actor, site, FieldChange("move_confirmed", "", in_words(request)), now)
    trail.record(db, AuditEvent.MOVE_CONFIRMED, actor, now=now, customer=request.customer_id)
    db.flush()
    _tell(db, "move-confirmed", request, site, now)
    if request.moves_on <= today(now, site.country):
        _move(db, actor, request, site, now)
        tell_sites_changed(db, [site], now=now)
    return request


def refuse_move(db: Session, actor: Actor, request_id: UUID, *, now: datetime) -> None:
    """The back office says no. The site stays where it is.

    Raises:
        NotAllowedError: only SensorNordic refuses.
        NotFoundError: there is no such open request.
    """
    _require_sensornordic(actor)
    request = _locked_request(db, request_id)
    _close(db, actor, request, MoveStatus.REFUSED, now)
    trail.record(db, AuditEvent.MOVE_REFUSED, actor, now=now, customer=request.customer_id)


def complete_moves(db: Session, actor: Actor, *, now: datetime) -> int:
    """Give every confirmed site whose day has come its new address; says how many moved.

    Running it twice, or twice at once, moves nothing twice.

    Raises:
        NotAllowedError: only SensorNordic moves sites.
    """
    _require_sensornordic(actor)
    due = db.execute(
        select(MovingRequest, Site)
        .join(Site, col(Site.id) == col(MovingRequest.site_id))
        .where(
            col(MovingRequest.status) == MoveStatus.CONFIRMED.value,
            col(MovingRequest.moves_on) <= (now + timedelta(days=1)).date(),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    ready = [
        (request, site) for request, site in due if request.moves_on <= today(now, site.country)
    ]
    for request, site in ready:
        _move(db, actor, request, site, now)
    tell_sites_changed(db, [site for _, site in ready], now=now)
    return len(ready)


def today(now: datetime, country: str) -> date:
    """The day it is in a country."""
    return now.astimezone(_ZONES.get(country, _OSLO)).date()


def in_words(request: MovingRequest) -> str:
    """The request as the history keeps it: the address on one line, and the day."""
    return f"{one_line(request)}, {request.moves_on.isoformat()}"


def _checked(
    new: NewAddress, moves_on: date | None, site: Site, today: date
) -> tuple[dict[str, str], date]:
    values, wrong = parse_fields(new.given(), site.country)
    if moves_on is None:
        wrong["moves_on"] = InvalidValueError("moves-on-required", "moves_on")
    elif moves_on <= today:
        wrong["moves_on"] = InvalidValueError("moves-on-past", "moves_on")
    elif moves_on > today + FARTHEST:
        wrong["moves_on"] = InvalidValueError("moves-on-far", "moves_on")
    if not wrong and all(getattr(site, field) == value for field, value in values.items()):
        wrong["address"] = InvalidValueError("same-address", "address")
    if wrong or moves_on is None:
        raise InvalidFieldsError(dict(wrong))
    return values, moves_on


def _require_sensornordic(actor: Actor) -> None:
    if not actor.system and actor.staff_role is None:
        raise NotAllowedError


def _open_request(db: Session, actor: Actor, site_id: UUID) -> MovingRequest | None:
    return db.execute(
        select(MovingRequest).where(
            owned_by(actor, MovingRequest),
            col(MovingRequest.site_id) == site_id,
            col(MovingRequest.status).in_(OPEN_MOVES),
        )
    ).scalar()


def _locked_request(db: Session, request_id: UUID, *conditions: Any) -> MovingRequest:
    request = db.execute(
        select(MovingRequest)
        .where(
            col(MovingRequest.id) == request_id,
            col(MovingRequest.status).in_(OPEN_MOVES),
            *conditions,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar()
    if request is None:
        raise NotFoundError
    return request


def _close(
    db: Session, actor: Actor, request: MovingRequest, status: MoveStatus, now: datetime
) -> None:
    request.status = status.value
    request.decided_at = now
    db.add(request)
    site = db.get_one(Site, request.site_id)
    _note(db, actor, site, FieldChange("moving_request", in_words(request), ""), now)
    db.flush()


def _move(db: Session, actor: Actor, request: MovingRequest, site: Site, now: datetime) -> None:
    change = FieldChange("site_address", one_line(site), one_line(request))
    for field in ("address", "postal_code", "city", "country"):
        setattr(site, field, getattr(request, field))
    site.version += 1
    request.status = MoveStatus.MOVED.value
    db.add_all([site, request])
    _note(db, actor, site, change, now)
    trail.record(db, AuditEvent.SITE_MOVED, actor, now=now, customer=site.customer_id)
    db.flush()


def _note(db: Session, actor: Actor, site: Site, change: FieldChange, now: datetime) -> None:
    db.flush()
    write_changes(
        db,
        actor,
        [change],
        customer_id=site.customer_id,
        site_id=site.id,
        version=site.version,
        now=now,
    )


def _tell(db: Session, kind: str, request: MovingRequest, site: Site, now: datetime) -> None:
    """Mail the owners, and whoever asked: where guards are sent concerns them all."""
    readers: Sequence[User] = (
        db.execute(
            select(User)
            .join(Member, col(Member.user_id) == col(User.id))
            .where(
                col(Member.customer_id) == request.customer_id,
                col(User.activated_at).is_not(None),
                or_(col(Member.role) == Role.OWNER.value, col(User.id) == request.requested_by),
            )
            .order_by(col(User.email))
        )
        .scalars()
        .all()
    )
    mails = [
        Post(
            kind,
            reader.email,
            reader.locale,
            {
                "name": reader.name,
                "site": site.name,
                "address": one_line(request),
                "moves_on": request.moves_on,
            },
            reader.id,
        )
        for reader in readers
    ]
    post_many(db, mails, now=now)
