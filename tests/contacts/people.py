"""Kari's call lists: the people of `tests.customers.people`, with contacts on two sites."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.actor import Actor
from portal.contacts.adding import AddedContact, NewContact, add_contact
from portal.contacts.models import AlarmContact, CallList, CallListEntry, ContactRole
from portal.customers.models import Site
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from tests.customers.people import People, add_people

OLA = "ola@berg.example"
TOLD = "I have told this person"


@dataclass(frozen=True)
class Lists:
    """Nordlys Bakeri has Storgata and Torget, both still without anybody; Nils has his own site."""

    people: People
    storgata: UUID
    torget: UUID
    holm: UUID

    @property
    def kari(self) -> Actor:
        return self.people.kari

    @property
    def tor(self) -> Actor:
        return self.people.tor

    @property
    def nils(self) -> Actor:
        return self.people.nils


def add_lists(db: Session, now: datetime) -> Lists:
    people = add_people(db, now)
    torget = Site(
        customer_id=people.nordlys,
        name="Torget",
        address="Torvet 2",
        postal_code="7011",
        city="Trondheim",
        country="NO",
        created_at=now,
    )
    db.add(torget)
    db.flush()
    holm = db.exec(select(Site).where(col(Site.customer_id) == people.nils.customer_id)).one()
    return Lists(people, people.storgata, torget.id, holm.id)


def new_contact(name: str = "Ola Berg", phone: str = "900 00 104", **values: object) -> NewContact:
    """Somebody as a member would type them."""
    ordinary: dict[str, object] = {
        "email": "",
        "locale": "nb",
        "role": ContactRole.DECIDE.value,
        "told": True,
        "told_words": TOLD,
    }
    return NewContact(name=name, phone=phone, **(ordinary | values))  # pyright: ignore[reportArgumentType]


def named(
    db: Session,
    lists: Lists,
    name: str,
    number: int,
    *,
    now: datetime,
    site: UUID | None = None,
    actor: Actor | None = None,
    **values: object,
) -> AddedContact:
    """Somebody on the list of Storgata (or another site), whose phone ends in `number`."""
    new = new_contact(name, f"900 00 {number:03}", **values)
    return add_contact(db, actor or lists.kari, site or lists.storgata, new, now=now)


def contact_of(db: Session, added: AddedContact) -> AlarmContact:
    return db.get_one(AlarmContact, added.contact_id, populate_existing=True)


def entry_of(db: Session, added: AddedContact) -> CallListEntry:
    return db.get_one(CallListEntry, added.entry_id, populate_existing=True)


def version_of(db: Session, site_id: UUID) -> int:
    return db.get_one(CallList, site_id, populate_existing=True).version


def order_of(db: Session, site_id: UUID) -> list[str]:
    """The names on a list, by position; positions count from 1 without a gap."""
    rows = db.exec(
        select(CallListEntry.position, AlarmContact.name)
        .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
        .where(col(CallListEntry.site_id) == site_id)
        .order_by(col(CallListEntry.position))
    ).all()
    assert [position for position, _ in rows] == list(range(1, len(rows) + 1))
    return [name for _, name in rows]


def mails_to(db: Session, recipient: str) -> list[OutboxMessage]:
    return list(
        db.exec(
            select(OutboxMessage)
            .where(OutboxMessage.recipient == recipient)
            .order_by(col(OutboxMessage.created_at), col(OutboxMessage.kind))
        )
    )


def kinds_to(db: Session, recipient: str) -> list[str]:
    return [mail.kind for mail in mails_to(db, recipient)]


def letter_to(db: Session, recipient: str, kind: str) -> Letter:
    mail = [each for each in mails_to(db, recipient) if each.kind == kind][-1]
    assert mail.body
    return Letter.opened(mail.body)


def token_in(letter: Letter) -> str:
    """The token of the invitation's link."""
    return letter.text.split("/go/invitation/")[1].split("?")[0]


def invitation_token(db: Session, recipient: str, kind: str = "contact-invitation") -> str:
    return token_in(letter_to(db, recipient, kind))


def account(db: Session, email: str, name: str, now: datetime) -> User:
    user = User(email=email, name=name, locale="nb", created_at=now, activated_at=now)
    db.add(user)
    db.flush()
    return user


def acting(user: User, now: datetime) -> Actor:
    """The person in a session of their own, who is somebody's alarm contact."""
    return Actor(user.id, user.name, user.locale, is_contact=True, authenticated_at=now)


def long_ago(actor: Actor) -> Actor:
    """The same person, who signed in long ago."""
    return replace(actor, authenticated_at=None)
