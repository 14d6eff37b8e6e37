"""Support staff: accounts of people who work for SensorNordic."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portal.accounts.activation import send_activation
from portal.accounts.models import User
from portal.accounts.users import create_user, mail_to
from portal.actor import Actor, StaffRole
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.languages import using


def add_staff(
    db: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    locale: str,
    lead: bool,
    now: datetime,
) -> User:
    """Open an account for a support agent or lead, and mail the activation link.

    Always a new account: who has one as a customer or alarm contact helps nobody with it, since
    staff act for no customer.

    Raises:
        NotAllowedError: the actor is neither a part of SensorNordic nor a support lead.
        InvalidFieldsError: as `create_user`; `email-taken` if the address has an account.
    """
    role = StaffRole.LEAD if lead else StaffRole.AGENT
    user = create_user(db, actor, email=email, name=name, locale=locale, staff_role=role, now=now)
    send_activation(db, actor, user, customers=(), now=now)
    trail.record(db, AuditEvent.STAFF_ADDED, actor, now=now, subject=user.id, role=role.value)
    return user


def mail_leads(
    db: Session, kind: str, values: Callable[[], Mapping[str, Any]], *, now: datetime
) -> None:
    """Post a mail of this kind to every support lead, by name. `values` is asked for each of them,
    in their language.
    """
    leads = db.exec(
        select(User)
        .where(col(User.staff_role) == StaffRole.LEAD.value, col(User.activated_at).is_not(None))
        .order_by(col(User.email))
    )
    for lead in leads:
        with using(lead.locale):
            given = {"name": lead.name, **values()}
        mail_to(db, lead, kind, given, now=now)
