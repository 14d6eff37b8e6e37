"""Handing ownership over, or sharing it: an owner offers it, and the member says yes or no.

Nobody becomes owner without wanting to, and nobody steps down before there is another owner.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.users import mail_to
from portal.actor import Actor, Right, Role, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.customers.joining import lock_team
from portal.customers.models import Customer, Member, OwnershipOffer
from portal.customers.team import customer_name, members_of, members_to_change
from portal.errors import InvalidValueError, NotFoundError, PortalError

LIFE = timedelta(days=14)


class OwnershipOfferedError(PortalError):
    """One offer at a time; `details["name"]` says to whom there is one."""

    code = "ownership-offered"
    status = 409


class OfferEndedError(PortalError):
    """The offer was answered or withdrawn, its time is over, or whoever made it owns no more."""

    code = "ownership-offer-ended"
    status = 410


@dataclass(frozen=True)
class Offer:
    """An offer of ownership that waits for an answer. `to_you`: the reader is asked."""

    customer: str
    country: str
    offered_by: str
    member_id: UUID
    name: str
    to_you: bool
    steps_down: bool
    expires_at: datetime


def open_offer(db: Session, actor: Actor, *, now: datetime) -> Offer | None:
    """The offer that waits for an answer, for the owners and the member who is asked.

    Raises:
        NotAllowedError: the actor is no member.
    """
    actor.require(Right.SEE_CUSTOMER)
    offer = _open(db, actor, now)
    if offer is None:
        return None
    member = db.get_one(Member, offer.member_id)
    to_you = member.user_id == actor.user
    if not to_you and not actor.may(Right.MANAGE_TEAM):
        return None
    customer = db.get_one(Customer, offer.customer_id)
    return Offer(
        customer=customer.name,
        country=customer.country,
        offered_by=db.get_one(User, offer.offered_by).name,
        member_id=member.id,
        name=db.get_one(User, member.user_id).name,
        to_you=to_you,
        steps_down=offer.steps_down,
        expires_at=offer.expires_at,
    )


def offer_ownership(
    db: Session, actor: Actor, member_id: UUID, *, steps_down: bool, now: datetime
) -> None:
    """Ask a member to become owner, and mail them. Until they say yes, nothing changes.

    Args:
        db: a transaction.
        actor: an owner.
        member_id: who is asked.
        steps_down: the actor becomes an administrator when the member says yes.
        now: the time of asking; the offer is open for 14 days.

    Raises:
        NotAllowedError: the actor is no owner (any more).
        RecentSignInRequiredError: the actor must enter the password again first.
        NotFoundError: there is no such member of this customer.
        InvalidValueError: `already-owner`, or `not-signed-in-yet` (details: `name`).
        OwnershipOfferedError: somebody is asked already.
    """
    actor.require(Right.MANAGE_TEAM)
    actor.require_recent_sign_in(now)
    people = {
        member.id: (member, user)
        for member, user in members_to_change(db, actor, Right.MANAGE_TEAM)
    }
    if member_id not in people:
        raise NotFoundError
    member, user = people[member_id]
    if member.role == Role.OWNER:
        raise InvalidValueError("already-owner", "member", name=user.name)
    if user.activated_at is None:
        raise InvalidValueError("not-signed-in-yet", "member", name=user.name)
    _refuse_second_offer(db, actor, now)
    offer = OwnershipOffer(
        customer_id=member.customer_id,
        member_id=member.id,
        offered_by=actor.user,
        steps_down=steps_down,
        created_at=now,
        expires_at=now + LIFE,
    )
    db.add(offer)
    trail.record(
        db, AuditEvent.OWNERSHIP_OFFERED, actor, now=now, subject=user.id, steps_down=steps_down
    )
    db.flush()
    customer = customer_name(db, actor)
    values = {"name": user.name, "who": actor.name, "customer": customer, "until": offer.expires_at}
    mail_to(db, user, "ownership-offered", values, now=now)


def answer_offer(db: Session, actor: Actor, *, yes: bool, now: datetime) -> None:
    """The member's own answer; the other owners are told.

    Raises:
        NotAllowedError: the actor is no member.
        RecentSignInRequiredError: to say yes, the actor must enter the password again first.
        OfferEndedError: there is nothing (any more) that this member could answer.
    """
    actor.require(Right.SEE_CUSTOMER)
    if yes:
        actor.require_recent_sign_in(now)
    lock_team(db, owned_by(actor, Customer))
    people = {user.id: (member, user) for member, user in members_of(db, actor)}
    offer = _open(db, actor, now)
    member, user = people.get(actor.user, (None, None))
    if offer is None or member is None or user is None or offer.member_id != member.id:
        raise OfferEndedError
    _end(db, offer, "accepted" if yes else "declined", now)
    if yes:
        member.role = Role.OWNER.value
        giver, _user = people[offer.offered_by]
        if offer.steps_down:
            giver.role = Role.ADMINISTRATOR.value
        db.add_all([member, giver])
    trail.record(db, AuditEvent.OWNERSHIP_ANSWERED, actor, now=now, subject=user.id, yes=yes)
    customer = customer_name(db, actor)
    for other, reader in people.values():
        asked = reader.id == offer.offered_by
        if reader.id == user.id or not (asked or other.role == Role.OWNER):
            continue
        values = {
            "name": reader.name,
            "customer": customer,
            "who": user.name,
            "yes": yes,
            "stepped_down": yes and asked and offer.steps_down,
        }
        mail_to(db, reader, "ownership-answered", values, now=now)
    db.flush()


def withdraw_offer(db: Session, actor: Actor, *, now: datetime) -> None:
    """Take the offer back, whichever owner made it.

    Raises:
        NotAllowedError: the actor is no owner (any more).
        OfferEndedError: there is none (any more).
    """
    members_to_change(db, actor, Right.MANAGE_TEAM)
    offer = _open(db, actor, now)
    if offer is None:
        raise OfferEndedError
    _end(db, offer, "withdrawn", now)
    trail.record(db, AuditEvent.OWNERSHIP_OFFER_WITHDRAWN, actor, now=now)
    db.flush()


def _unanswered(db: Session, actor: Actor) -> OwnershipOffer | None:
    statement = select(OwnershipOffer).where(
        owned_by(actor, OwnershipOffer), col(OwnershipOffer.ended_at).is_(None)
    )
    return db.execute(statement.execution_options(populate_existing=True)).scalar()


def _open(db: Session, actor: Actor, now: datetime) -> OwnershipOffer | None:
    """The unanswered offer, if it still stands: in time, and made by somebody who still owns."""
    offer = _unanswered(db, actor)
    if offer is None or offer.expires_at <= now:
        return None
    role = db.execute(
        select(col(Member.role)).where(
            owned_by(actor, Member), col(Member.user_id) == offer.offered_by
        )
    ).scalar()
    return offer if role == Role.OWNER else None


def _refuse_second_offer(db: Session, actor: Actor, now: datetime) -> None:
    earlier = _unanswered(db, actor)
    if earlier is None:
        return
    if _open(db, actor, now) is not None:
        raise OwnershipOfferedError(name=_name_of(db, actor, earlier.member_id))
    _end(db, earlier, "lapsed", now)


def _name_of(db: Session, actor: Actor, member_id: UUID) -> str:
    people = {member.id: user.name for member, user in members_of(db, actor)}
    return people[member_id]


def _end(db: Session, offer: OwnershipOffer, outcome: str, now: datetime) -> None:
    offer.ended_at, offer.outcome = now, outcome
    db.add(offer)
    db.flush()
