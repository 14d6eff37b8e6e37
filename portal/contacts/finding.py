"""Finding a customer's sites, contacts and places on lists, through the tenant scope."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor, owned_by
from portal.contacts.models import AlarmContact, CallListEntry
from portal.customers.models import Customer, Site
from portal.errors import NotFoundError


def find_site(db: Session, actor: Actor, site_id: UUID) -> Site:
    """The customer's site.

    Raises:
        NotFoundError: there is none with this id.
    """
    site = db.execute(select(Site).where(owned_by(actor, Site), col(Site.id) == site_id)).scalar()
    if site is None:
        raise NotFoundError
    return site


def hold_customer(db: Session, actor: Actor) -> None:
    """Let nobody else name a person of this customer before this transaction ends, so that a
    number which two members type at once is noticed.
    """
    customer = select(col(Customer.id)).where(owned_by(actor, Customer))
    db.execute(customer.with_for_update(key_share=True))


def find_contact(db: Session, actor: Actor, contact_id: UUID) -> AlarmContact:
    """The customer's contact, which nobody else changes before this transaction ends.

    Raises:
        NotFoundError: there is none with this id.
    """
    contact = db.execute(
        select(AlarmContact)
        .where(owned_by(actor, AlarmContact), col(AlarmContact.id) == contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar()
    if contact is None:
        raise NotFoundError
    return contact


def find_entry(db: Session, actor: Actor, entry_id: UUID) -> CallListEntry:
    """A place on one of the customer's call lists; lock the list before changing it.

    Raises:
        NotFoundError: there is none with this id.
    """
    entry = db.execute(
        select(CallListEntry).where(
            owned_by(actor, CallListEntry), col(CallListEntry.id) == entry_id
        )
    ).scalar()
    if entry is None:
        raise NotFoundError
    return entry
