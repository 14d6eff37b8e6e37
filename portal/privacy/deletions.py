"""Asking for a deletion, and taking the wish back: nothing is erased before the cooling-off ends.

Marketing stops at once. Whoever is an alarm contact only may go at once, without cooling-off.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts import links
from portal.accounts.links import Link
from portal.accounts.models import LinkPurpose, User
from portal.accounts.sign_in import acting_as
from portal.accounts.users import mail_to
from portal.actor import Actor, Right
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.own_alarms import my_alarms
from portal.contacts.taking_off import contacts_of
from portal.customers.closing import Contract, contract_of
from portal.customers.leaving import memberships_of, owners_of
from portal.customers.moves import today
from portal.errors import InvalidValueError, NotAllowedError, NotFoundError, PortalError
from portal.marketing.choices import stop_everything
from portal.marketing.forgetting import forget_choices
from portal.notices.controller import home_country
from portal.privacy.holdings import Person
from portal.privacy.inventory import Inventory, of_customer, of_person
from portal.privacy.models import Deletion, Scope, waiting

COOLING_OFF = timedelta(days=14)


class DeletionWaitingError(PortalError):
    """The same deletion waits already; `details["day"]` says until when it can be taken back."""

    code = "deletion-waiting"
    status = 409


@dataclass(frozen=True)
class RunningAlarm:
    """A customer whose alarms go on: deleting does not end the contract."""

    customer: str
    sites: int
    contract_end: date | None
    without_owner: bool


@dataclass(frozen=True)
class Preview:
    """What a deletion would mean. `phrase` is what has to be typed. `last_at` names the sites at
    which nobody else can be called. `may_go_at_once`: no cooling-off is needed.
    """

    scope: Scope
    customer: str
    phrase: str
    inventory: Inventory
    alarms: tuple[RunningAlarm, ...]
    last_at: tuple[str, ...]
    contact_of: tuple[str, ...]
    due_at: datetime
    may_go_at_once: bool


@dataclass(frozen=True)
class Waiting:
    """A deletion that can still be taken back. `by_you`: the reader asked for it."""

    id: UUID
    scope: Scope
    customer: str
    asked_at: datetime
    due_at: datetime
    by_you: bool


def scopes_for(actor: Actor) -> tuple[Scope, ...]:
    """What the actor may delete, the least first."""
    if actor.staff_role is not None or actor.user_id is None:
        return ()
    member = (Scope.MEMBERSHIP,) if actor.role is not None else ()
    owner = (Scope.CUSTOMER,) if actor.may(Right.CLOSE_CUSTOMER) else ()
    return (*member, Scope.ACCOUNT, *owner)


def preview(db: Session, actor: Actor, scope: Scope, *, now: datetime) -> Preview:
    """Say what a deletion would erase, leave, and mean for alarms that are running.

    Raises:
        NotAllowedError: the actor may not delete this.
    """
    _require(actor, scope)
    user = db.get_one(User, actor.user)
    customer = _customer(db, actor, scope)
    contacts = tuple(contacts_of(db, user.id)) if scope is Scope.ACCOUNT else ()
    if scope is Scope.CUSTOMER and customer is not None:
        end = customer.contract_end
        inventory = of_customer(db, customer.customer_id, contract_end=end, now=now)
    else:
        customer_id = customer.customer_id if customer else None
        inventory = of_person(db, Person(user.id, user.email, contacts, customer_id), now=now)
    mine = [customer.customer_id] if customer else memberships_of(db, user.id)
    places = my_alarms(db, actor, now=now) if contacts else []
    return Preview(
        scope=scope,
        customer=customer.name if customer else "",
        phrase=customer.name if customer else user.email,
        inventory=inventory,
        alarms=tuple(_alarm(db, each, user, scope) for each in mine),
        last_at=tuple(dict.fromkeys(each.site or each.customer for each in places if each.is_last)),
        contact_of=tuple(dict.fromkeys(each.customer for each in places)),
        due_at=now + COOLING_OFF,
        may_go_at_once=scope is Scope.ACCOUNT and not mine,
    )


def ask_deletion(
    db: Session,
    actor: Actor,
    scope: Scope,
    *,
    confirmation: str,
    at_once: bool,
    locale: str,
    now: datetime,
) -> Deletion:
    """Ask for a deletion in 14 days, or `at_once` for somebody who is an alarm contact only.

    The person is mailed a link that takes the wish back; the other owners are told of the wish to
    close their customer's account. Marketing to the person stops now.

    Args:
        db: a transaction.
        actor: whose data, or whose customer.
        scope: how much.
        confirmation: what the person typed: their address, or the customer's name.
        at_once: without cooling-off.
        locale: the language of the receipt for the end of marketing.
        now: the time of asking.

    Raises:
        NotAllowedError: the actor may not delete this, or not at once.
        RecentSignInRequiredError: the actor must enter the password again first.
        InvalidValueError: `confirmation-wrong`, field `confirmation`.
        DeletionWaitingError: it was asked for already.
    """
    _require(actor, scope)
    actor.require_recent_sign_in(now)
    user = _locked_user(db, actor.user)
    customer = _customer(db, actor, scope)
    if not _same(confirmation, customer.name if customer else user.email):
        raise InvalidValueError("confirmation-wrong", "confirmation")
    if at_once and (scope is not Scope.ACCOUNT or memberships_of(db, user.id)):
        raise NotAllowedError
    _refuse_second(db, user, scope, customer)
    deletion = Deletion(
        scope=scope.value,
        user_id=user.id,
        customer_id=customer.customer_id if customer else None,
        person=trail.pseudonym("user", user.id),
        customer=trail.pseudonym("customer", customer.customer_id if customer else None),
        asked_at=now,
        due_at=now if at_once else now + COOLING_OFF,
    )
    db.add(deletion)
    db.flush()
    _stop_marketing(db, actor, scope, locale=locale, now=now)
    trail.record(
        db,
        AuditEvent.DELETION_ASKED,
        actor,
        now=now,
        subject=user.id,
        customer=deletion.customer_id,
        scope=scope.value,
    )
    if not at_once:
        _tell(db, deletion, user, customer, now=now)
    return deletion


def keep(db: Session, actor: Actor, deletion_id: UUID, *, now: datetime) -> Deletion:
    """Take a wish back, in one click. Any owner keeps the customer's account.

    Raises:
        NotFoundError: it is not the actor's, is done, or was taken back already.
    """
    deletion = _locked(db, deletion_id)
    if deletion is None or not _may_keep(deletion, actor):
        raise NotFoundError
    return _keep(db, actor, deletion, now=now)


def opened_keep_link(db: Session, token: str, *, now: datetime) -> Waiting:
    """Look at the wish that a mailed link takes back.

    Raises:
        LinkRefusedError: the link is unknown, used or too old.
        NotFoundError: the wish was taken back, or is done.
    """
    link = links.open_link(db, token, LinkPurpose.KEEP_ACCOUNT, now=now)
    deletion = db.get(Deletion, _deletion_of(link))
    if deletion is None or not _is_waiting(deletion):
        raise NotFoundError
    return _waiting(db, deletion, link.user_id)


def keep_by_link(db: Session, token: str, *, now: datetime) -> Deletion:
    """Take a wish back by the mailed link, without sign-in.

    Raises:
        LinkRefusedError: the link is unknown, used or too old.
        NotFoundError: the wish was taken back, is done, or is about a customer that the reader no
            longer owns.
    """
    link = links.use(db, token, LinkPurpose.KEEP_ACCOUNT, now=now)
    deletion = _locked(db, _deletion_of(link))
    if deletion is None or not _may_keep_by_link(db, deletion, link.user_id):
        raise NotFoundError
    return _keep(db, acting_as(db.get_one(User, link.user_id)), deletion, now=now)


def waiting_deletions(db: Session, actor: Actor) -> list[Waiting]:
    """The deletions that the actor can still take back, the next one first."""
    own = col(Deletion.user_id) == actor.user
    mine = own
    if actor.may(Right.CLOSE_CUSTOMER):
        mine = own | (
            (col(Deletion.customer_id) == actor.customer_id)
            & (col(Deletion.scope) == Scope.CUSTOMER.value)
        )
    rows = db.execute(
        select(Deletion).where(mine, *waiting()).order_by(col(Deletion.due_at), col(Deletion.id))
    ).scalars()
    return [_waiting(db, each, actor.user) for each in rows]


def _require(actor: Actor, scope: Scope) -> None:
    if scope not in scopes_for(actor):
        raise NotAllowedError


def _customer(db: Session, actor: Actor, scope: Scope) -> Contract | None:
    """Whom the deletion is about; None for a whole account."""
    if scope is Scope.ACCOUNT or actor.customer_id is None:
        return None
    return contract_of(db, actor.customer_id)


def _locked_user(db: Session, user_id: UUID) -> User:
    return db.execute(
        select(User).where(col(User.id) == user_id).with_for_update(key_share=True)
    ).scalar_one()


def _locked(db: Session, deletion_id: UUID) -> Deletion | None:
    """The wish, if it still waits, which nobody else ends before this transaction does."""
    deletion = db.get(Deletion, deletion_id, with_for_update=True, populate_existing=True)
    return deletion if deletion is not None and _is_waiting(deletion) else None


def _is_waiting(deletion: Deletion) -> bool:
    return deletion.kept_at is None and deletion.erased_at is None


def _may_keep(deletion: Deletion, actor: Actor) -> bool:
    if deletion.user_id == actor.user:
        return True
    owns = actor.may(Right.CLOSE_CUSTOMER) and deletion.customer_id == actor.customer_id
    return owns and deletion.scope == Scope.CUSTOMER


def _may_keep_by_link(db: Session, deletion: Deletion, reader: UUID) -> bool:
    """Whoever asked, and of a customer's account every owner of today."""
    if deletion.user_id == reader:
        return True
    owners = owners_of(db, deletion.customer_id) if deletion.customer_id else []
    return reader in {each.id for each in owners}


def _keep(db: Session, actor: Actor, deletion: Deletion, *, now: datetime) -> Deletion:
    deletion.kept_at = now
    db.add(deletion)
    trail.record(
        db,
        AuditEvent.DELETION_KEPT,
        actor,
        now=now,
        subject=deletion.user_id,
        customer=deletion.customer_id,
        scope=deletion.scope,
    )
    values = {"scope": deletion.scope, "customer": _name_of_customer(db, deletion)}
    for reader in _told_of(db, deletion):
        mail_to(db, reader, "deletion-kept", {"name": reader.name, **values}, now=now)
    db.flush()
    return deletion


def _deletion_of(link: Link) -> UUID:
    return UUID(str(link.details["deletion"]))


def _same(typed: str, phrase: str) -> bool:
    return " ".join(typed.split()).casefold() == " ".join(phrase.split()).casefold()


def _refuse_second(db: Session, user: User, scope: Scope, customer: Contract | None) -> None:
    same = [col(Deletion.scope) == scope.value]
    if scope is Scope.CUSTOMER and customer is not None:
        same.append(col(Deletion.customer_id) == customer.customer_id)
    else:
        same.append(col(Deletion.user_id) == user.id)
        if customer is not None:
            same.append(col(Deletion.customer_id) == customer.customer_id)
    earlier = db.execute(select(col(Deletion.due_at)).where(*same, *waiting())).scalar()
    if earlier is not None:
        raise DeletionWaitingError(day=today(earlier, home_country()))


def _stop_marketing(db: Session, actor: Actor, scope: Scope, *, locale: str, now: datetime) -> None:
    if scope is Scope.ACCOUNT and actor.may(Right.CHOOSE_MARKETING):
        stop_everything(db, actor, locale=locale, now=now)
    elif actor.customer_id is not None and scope is not Scope.ACCOUNT:
        forget_choices(db, actor.user, actor.customer_id)


def _told_of(db: Session, deletion: Deletion) -> list[User]:
    """Whoever asked for it, first, and the other owners if it closes their customer's account."""
    asker = db.get(User, deletion.user_id) if deletion.user_id else None
    owners: list[User] = []
    if deletion.scope == Scope.CUSTOMER and deletion.customer_id is not None:
        owners = [each for each in owners_of(db, deletion.customer_id) if each is not asker]
    return [asker, *owners] if asker else owners


def _tell(
    db: Session, deletion: Deletion, user: User, customer: Contract | None, *, now: datetime
) -> None:
    for reader in _told_of(db, deletion):
        token = links.create(
            db, reader.id, LinkPurpose.KEEP_ACCOUNT, now=now, deletion=str(deletion.id)
        )
        values = {
            "name": reader.name,
            "scope": deletion.scope,
            "who": "" if reader is user else user.name,
            "customer": customer.name if customer else "",
            "due": deletion.due_at,
            "due_day": today(deletion.due_at, home_country()),
            "link": links.address(LinkPurpose.KEEP_ACCOUNT, token, reader.locale),
        }
        mail_to(db, reader, "deletion-asked", values, now=now)


def _waiting(db: Session, deletion: Deletion, reader: UUID) -> Waiting:
    return Waiting(
        id=deletion.id,
        scope=Scope(deletion.scope),
        customer=_name_of_customer(db, deletion),
        asked_at=deletion.asked_at,
        due_at=deletion.due_at,
        by_you=deletion.user_id == reader,
    )


def _alarm(db: Session, customer_id: UUID, user: User, scope: Scope) -> RunningAlarm:
    contract = contract_of(db, customer_id)
    owners = {each.id for each in owners_of(db, customer_id)}
    return RunningAlarm(
        customer=contract.name,
        sites=contract.sites,
        contract_end=contract.contract_end,
        without_owner=scope is not Scope.CUSTOMER and owners == {user.id},
    )


def _name_of_customer(db: Session, deletion: Deletion) -> str:
    return contract_of(db, deletion.customer_id).name if deletion.customer_id else ""
