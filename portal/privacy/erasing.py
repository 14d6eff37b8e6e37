"""Erasing, when the cooling-off is over: everything at once, in one transaction, or nothing.

A worker that dies in between leaves everything as it was, and the next one does it; of two that
come at once, the second finds it done. What is outside the database is erased before: doing that
twice does no harm, and afterwards nobody would know whose it was.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import make_transient
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor, system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import taking_off
from portal.customers.closing import close_customer, contract_of
from portal.customers.leaving import (
    Left,
    forget_invitations_to,
    hold_teams,
    leave_team,
    memberships_of,
    owners_of,
)
from portal.languages import using
from portal.mail import mailbox, outbox
from portal.mail.delivery import register_outcome
from portal.mail.models import MailState, OutboxMessage
from portal.privacy import certificate
from portal.privacy.holdings import Person, erase
from portal.privacy.inventory import Inventory, of_customer, of_person
from portal.privacy.models import Deletion, DeletionNotice, Scope, waiting

WORKER = system("worker")
BACK_OFFICE = "back office"
STATION = "monitoring station"
CERTIFICATE_MAIL = "deletion-done"


def due_deletions(db: Session, *, now: datetime) -> list[UUID]:
    """The deletions whose time has come, in the order in which they must be done: a customer's
    account is closed before its owner's goes.
    """
    due = select(col(Deletion.id), col(Deletion.scope)).where(
        *waiting(), col(Deletion.due_at) <= now
    )
    order = [Scope.CUSTOMER, Scope.MEMBERSHIP, Scope.ACCOUNT]
    found = db.execute(due.order_by(col(Deletion.due_at), col(Deletion.id))).all()
    return [each.id for each in sorted(found, key=lambda each: order.index(Scope(each.scope)))]


def erase_outside(db: Session, deletion_id: UUID) -> None:
    """Erase what is kept in files: mails to the person in the folder that developers read."""
    address = db.execute(
        select(col(User.email))
        .join(Deletion, col(Deletion.user_id) == col(User.id))
        .where(
            col(Deletion.id) == deletion_id, col(Deletion.scope) == Scope.ACCOUNT.value, *waiting()
        )
    ).scalar()
    if address is not None:
        mailbox.forget(address)


def carry_out(db: Session, deletion_id: UUID, *, tell: bool = True, now: datetime) -> bool:
    """Erase what a deletion is about; False if it is done, was taken back, is not due yet, or would
    close the account of a customer that whoever asked no longer owns.

    Args:
        db: a transaction of its own.
        deletion_id: whose time has come.
        tell: mail everybody concerned, and the certificate. Not when it is done once more after a
            backup was restored.
        now: the time of erasing.
    """
    deletion = db.execute(
        select(Deletion)
        .where(col(Deletion.id) == deletion_id, *waiting(), col(Deletion.due_at) <= now)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar()
    if deletion is None:
        return False
    user = _locked_user(db, deletion, now) if deletion.user_id else None
    if user is not None and _owns_no_more(db, deletion, user):
        deletion.kept_at = now
        db.add(deletion)
        return False
    trail.record(
        db,
        AuditEvent.DELETED,
        WORKER,
        now=now,
        subject=deletion.user_id,
        customer=deletion.customer_id,
        scope=deletion.scope,
    )
    deletion.erased_at = now
    db.add(deletion)
    if deletion.scope == Scope.CUSTOMER:
        _close(db, deletion, user, tell=tell, now=now)
    elif user is not None and deletion.scope == Scope.MEMBERSHIP:
        _leave(db, deletion, user, tell=tell, now=now)
    elif user is not None:
        _erase_account(db, deletion, user, tell=tell, now=now)
    db.flush()
    return True


@dataclass(frozen=True)
class _Reader:
    """Who gets the certificate; the account may be gone by then."""

    name: str
    email: str
    locale: str


class ChangedWhileErasingError(Exception):
    """The person joined a team or a call list just now: the deletion is tried again."""


@register_outcome
def forget_certificate_mail(
    db: Session, mail: OutboxMessage, state: MailState, now: datetime
) -> None:
    """The mail with the certificate is the last that knows the address of who was erased."""
    if mail.kind == CERTIFICATE_MAIL and state is not MailState.WAITING:
        db.execute(delete(OutboxMessage).where(col(OutboxMessage.id) == mail.id))


def _locked_user(db: Session, deletion: Deletion, now: datetime) -> User | None:
    """The person, whom nothing new can be tied to before this transaction ends.

    Whoever edits a team or a call list holds that first, and the people whom it mentions after it
    (`contacts/call_lists.py`): so does this.

    Raises:
        ChangedWhileErasingError: what was locked is not all of it any more.
    """
    before = _ties(db, deletion)
    customers, contacts = before
    hold_teams(db, customers)
    taking_off.hold_lists(db, contacts, now=now)
    user = db.get(User, deletion.user_id, with_for_update=True, populate_existing=True)
    if _ties(db, deletion) != before:
        raise ChangedWhileErasingError
    return user


def _owns_no_more(db: Session, deletion: Deletion, user: User) -> bool:
    """Whether somebody wished to close a customer's account that is others' by now."""
    if deletion.scope != Scope.CUSTOMER or deletion.customer_id is None:
        return False
    return user.id not in {each.id for each in owners_of(db, deletion.customer_id)}


def _ties(db: Session, deletion: Deletion) -> tuple[list[UUID], list[UUID]]:
    """The customers and the entries as alarm contact that the deletion is about."""
    if deletion.scope != Scope.ACCOUNT or deletion.user_id is None:
        return [deletion.customer_id] if deletion.customer_id else [], []
    return memberships_of(db, deletion.user_id), taking_off.contacts_of(db, deletion.user_id)


def _close(
    db: Session, deletion: Deletion, user: User | None, *, tell: bool, now: datetime
) -> None:
    if deletion.customer_id is None:
        return
    contract = contract_of(db, deletion.customer_id)
    end = contract.contract_end
    inventory = of_customer(db, deletion.customer_id, contract_end=end, now=now)
    closed = close_customer(db, _as(user), deletion.customer_id, tell=tell, now=now)
    for person, role in closed.people if closed else ():
        erase(db, Person(person, customer_id=deletion.customer_id))
        _notify_office(db, deletion, contract.number, role, now)
    reader = _reader(user) if user else None
    _certify(db, deletion, inventory, reader, customer=contract.name, tell=tell, now=now)


def _leave(db: Session, deletion: Deletion, user: User, *, tell: bool, now: datetime) -> None:
    if deletion.customer_id is None:
        return
    person = Person(user.id, user.email, customer_id=deletion.customer_id)
    inventory = of_person(db, person, now=now)
    customer = contract_of(db, deletion.customer_id).name
    left = leave_team(db, user, deletion.customer_id, tell=tell, now=now)
    erase(db, person)
    _notify_of(db, deletion, [left] if left else [], now)
    _certify(db, deletion, inventory, _reader(user), customer=customer, tell=tell, now=now)


def _erase_account(
    db: Session, deletion: Deletion, user: User, *, tell: bool, now: datetime
) -> None:
    contacts = tuple(taking_off.contacts_of(db, user.id))
    person = Person(user.id, user.email, contacts)
    inventory = of_person(db, person, now=now)
    customers = memberships_of(db, user.id)
    left = [leave_team(db, user, each, tell=tell, now=now) for each in customers]
    taken = taking_off.leave_every_list(db, _as(user), contacts, tell=tell, now=now)
    forget_invitations_to(db, user.email)
    reader = _reader(user)
    _end_others(db, deletion, user, now)
    unsent = _set_aside_certificates(db, user.email)
    erase(db, person)
    db.add_all(unsent)
    _notify_of(db, deletion, [each for each in left if each], now)
    _certify(db, deletion, inventory, reader, customer="", tell=tell, now=now)
    version = taking_off.finish(db, taken, now=now)
    if version is not None:
        _notify(db, deletion, STATION, now, station_version=version)


def _set_aside_certificates(db: Session, address: str) -> list[OutboxMessage]:
    """Certificates of other deletions that are on their way to this address: they leave all the
    same, and their rows go with that.
    """
    mails = db.execute(
        select(OutboxMessage).where(
            col(OutboxMessage.kind) == CERTIFICATE_MAIL, col(OutboxMessage.recipient) == address
        )
    ).scalars()
    found = list(mails)
    for mail in found:
        mail.user_id = None
        make_transient(mail)
    return found


def _end_others(db: Session, deletion: Deletion, user: User, now: datetime) -> None:
    """What else the person wanted deleted about themselves is done with this."""
    db.execute(
        update(Deletion)
        .where(
            col(Deletion.user_id) == user.id,
            col(Deletion.id) != deletion.id,
            col(Deletion.scope) != Scope.CUSTOMER.value,
            *waiting(),
        )
        .values(erased_at=now)
    )


def _reader(user: User) -> _Reader:
    return _Reader(user.name, user.email, user.locale)


def _as(user: User | None) -> Actor:
    return Actor(user.id, user.name, user.locale) if user else WORKER


def _certify(
    db: Session,
    deletion: Deletion,
    inventory: Inventory,
    reader: _Reader | None,
    *,
    customer: str,
    tell: bool,
    now: datetime,
) -> None:
    """Keep what was erased and what was not, and mail it, with the link to the certificate."""
    deletion.certificate = certificate.written(inventory)
    db.add(deletion)
    if reader is None or not tell:
        return
    with using(reader.locale):
        values = {
            "name": reader.name,
            "scope": deletion.scope,
            "customer": customer,
            "erased": [each.kind for each in certificate.erased_in_words(inventory)],
            "kept": [asdict(each) for each in certificate.kept_in_words(inventory)],
            "link": certificate.make_link(deletion, reader.locale),
        }
    outbox.post(
        db,
        kind=CERTIFICATE_MAIL,
        recipient=reader.email,
        locale=reader.locale,
        values=values,
        now=now,
    )


def _notify_of(db: Session, deletion: Deletion, left: Iterable[Left], now: datetime) -> None:
    for each in left:
        _notify_office(db, deletion, each.customer_number, each.role.value, now)


def _notify_office(
    db: Session, deletion: Deletion, customer_number: str, role: str, now: datetime
) -> None:
    _notify(db, deletion, BACK_OFFICE, now, customer_number=customer_number, role=role)


def _notify(
    db: Session,
    deletion: Deletion,
    recipient: str,
    now: datetime,
    *,
    customer_number: str = "",
    role: str = "",
    station_version: int | None = None,
) -> None:
    db.add(
        DeletionNotice(
            deletion_id=deletion.id,
            recipient=recipient,
            customer_number=customer_number,
            role=role,
            station_version=station_version,
            created_at=now,
        )
    )
