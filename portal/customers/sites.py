"""Sites: the protected addresses of a customer, and what they are called.

A name is changed as one likes. An address is where guards are sent: it changes only by a moving
request (`moves.py`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, Right, owned, owned_by, scope
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.changes import FieldChange, write_changes
from portal.customers.company_fields import LONGEST
from portal.customers.merging import Meanwhile
from portal.customers.models import CompanyChange, MoveStatus, MovingRequest, Site
from portal.customers.site_changes import tell_sites_changed
from portal.errors import ChangedMeanwhileError, InvalidValueError, NotFoundError, in_field
from portal.text import parse_line

OPEN_MOVES = (MoveStatus.REQUESTED.value, MoveStatus.CONFIRMED.value)


@dataclass(frozen=True)
class Move:
    """A site's new address from a day on; `confirmed` once the back office has said yes."""

    id: UUID
    address: str
    postal_code: str
    city: str
    country: str
    moves_on: date
    confirmed: bool


@dataclass(frozen=True)
class SiteDetails:
    id: UUID
    name: str
    address: str
    postal_code: str
    city: str
    country: str
    version: int
    move: Move | None


_SITES = (
    select(Site, MovingRequest)
    .outerjoin(
        MovingRequest,
        and_(col(MovingRequest.site_id) == col(Site.id), col(MovingRequest.status).in_(OPEN_MOVES)),
    )
    .order_by(col(Site.created_at), col(Site.name), col(Site.id))
)
_OWN_SITES = _SITES.where(owned(Site))


def sites_of(db: Session, actor: Actor) -> list[SiteDetails]:
    """The customer's sites, the oldest first, each with its open moving request.

    Raises:
        NotAllowedError: the actor may not see the customer.
    """
    actor.require(Right.SEE_CUSTOMER)
    return [_details(site, move) for site, move in db.execute(_OWN_SITES, scope(actor))]


def rename_site(
    db: Session, actor: Actor, site_id: UUID, name: str, *, version: int, now: datetime
) -> SiteDetails:
    """Call a site something else.

    Raises:
        NotAllowedError: the actor may not edit company details.
        NotFoundError: there is no such site of this customer.
        InvalidValueError: `site-name-required` or `text-too-long`, field `site_name`.
        ChangedMeanwhileError: somebody else renamed it after `version`; `details["fields"]`
            holds one `Meanwhile`, `details["version"]` the version to save with next.
    """
    actor.require(Right.EDIT_COMPANY)
    site = locked_site(db, actor, site_id)
    new = _site_name(name)
    if new != site.name:
        if version != site.version:
            _refuse_if_renamed_since(db, actor, site, new, version)
        change = FieldChange("site_name", site.name, new)
        site.name = new
        site.version += 1
        db.add(site)
        write_changes(
            db,
            actor,
            [change],
            customer_id=site.customer_id,
            site_id=site.id,
            version=site.version,
            now=now,
        )
        trail.record(db, AuditEvent.SITE_CHANGED, actor, now=now, fields="site_name")
        db.flush()
        tell_sites_changed(db, [site], now=now)
    found = db.execute(_SITES.where(owned_by(actor, Site), col(Site.id) == site_id))
    site, move = found.one()
    return _details(site, move)


def locked_site(db: Session, actor: Actor, site_id: UUID) -> Site:
    """The site, which nobody else can change before this transaction ends."""
    statement = (
        select(Site)
        .where(owned_by(actor, Site), col(Site.id) == site_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    site = db.execute(statement).scalar()
    if site is None:
        raise NotFoundError
    return site


def _site_name(text: str) -> str:
    with in_field("site_name"):
        name = parse_line(text, LONGEST["site_name"])
    if not name:
        raise InvalidValueError("site-name-required", "site_name")
    return name


def _refuse_if_renamed_since(
    db: Session, actor: Actor, site: Site, yours: str, version: int
) -> None:
    renamed = db.execute(
        select(col(User.name), col(CompanyChange.at))
        .select_from(CompanyChange)
        .outerjoin(User, col(User.id) == col(CompanyChange.changed_by))
        .where(
            owned_by(actor, CompanyChange),
            col(CompanyChange.site_id) == site.id,
            col(CompanyChange.field) == "site_name",
            col(CompanyChange.version) > version,
        )
        .order_by(col(CompanyChange.id).desc())
        .limit(1)
    ).first()
    if renamed is not None:
        meanwhile = Meanwhile("site_name", yours, site.name, renamed.name or "", renamed.at)
        raise ChangedMeanwhileError("site_name", fields=(meanwhile,), version=site.version)


def _details(site: Site, move: MovingRequest | None) -> SiteDetails:
    return SiteDetails(
        id=site.id,
        name=site.name,
        address=site.address,
        postal_code=site.postal_code,
        city=site.city,
        country=site.country,
        version=site.version,
        move=None
        if move is None
        else Move(
            id=move.id,
            address=move.address,
            postal_code=move.postal_code,
            city=move.city,
            country=move.country,
            moves_on=move.moves_on,
            confirmed=move.status == MoveStatus.CONFIRMED,
        ),
    )
