"""The people of the product in a database, and a browser's session for each of them.

Sessions are written into the database: signing in by password is what other tests are about, and
would use up the limit of sign-ins from one network address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from portal.accounts import sessions
from portal.accounts.models import User
from portal.actor import Role
from portal.customers.models import Customer, CustomerKind, Member, Site
from portal.database import transaction
from portal.demo import load_demo

PASSWORD = "nordic-demo-2026"
KARI = "kari@nordlys.example"
TOR = "tor@nordlys.example"
NILS = "nils@holm.example"
OLA = "ola@berg.example"
SIRI = "siri@support.example"
AUD = "aud@support.example"
EVA = "eva@nordlys.example"  # administrator at Nordlys Bakeri: the demo has none

EVERYBODY: dict[str, str] = {
    "owner": KARI,
    "administrator": EVA,
    "colleague": TOR,
    "other customer": NILS,
    "alarm contact": OLA,
    "agent": SIRI,
    "lead": AUD,
}


def move_in(db: Session) -> None:
    """Load the demo people, and Eva. The caller commits."""
    now = datetime.now(UTC)
    load_demo(db, now=now)
    if find(db, EVA) is None:
        kari = user(db, KARI)
        customer = customer_of(db, KARI)
        eva = User(
            email=EVA,
            name="Eva Lund",
            locale="en",
            password_hash=kari.password_hash,
            created_at=now,
            activated_at=now,
        )
        db.add(eva)
        db.flush()
        role = Role.ADMINISTRATOR.value
        db.add(Member(user_id=eva.id, customer_id=customer.id, role=role, created_at=now))
    db.flush()


def find(db: Session, email: str) -> User | None:
    return db.exec(select(User).where(col(User.email) == email)).first()


def user(db: Session, email: str) -> User:
    found = find(db, email)
    assert found is not None, f"nobody has the address {email}"
    return found


def customer_of(db: Session, email: str) -> Customer:
    """The (first) customer for which this person acts."""
    statement = (
        select(Customer)
        .join(Member, col(Member.customer_id) == col(Customer.id))
        .join(User, col(User.id) == col(Member.user_id))
        .where(col(User.email) == email)
        .order_by(col(Customer.name))
    )
    return db.exec(statement).one()


def session_token(email: str, *, device: str = "Firefox, Windows") -> str:
    """A session of this person, committed; the value of its cookie."""
    with transaction() as db:
        token, _ = sessions.start(db, user(db, email), device=device, now=datetime.now(UTC))
    return token


def live_sessions(email: str) -> int:
    with transaction() as db:
        rows = sessions.devices(db, _actor_of(user(db, email)), now=datetime.now(UTC))
    return len(rows)


def _actor_of(person: User):
    from portal.accounts.sign_in import acting_as

    return acting_as(person)


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom no other test knows."""

    email: str
    name: str
    user_id: UUID
    customers: tuple[UUID, ...]


def add_owner(*customers: str, name: str = "Liv Dale", locale: str = "en") -> Newcomer:
    """A new user, owner of new customers with these names, each with one site. Committed."""
    now = datetime.now(UTC)
    mark = uuid4().hex[:10]
    with transaction() as db:
        # The demo's hash, so that no password has to be hashed again.
        person = User(
            email=f"{mark}@newcomer.example",
            name=name,
            locale=locale,
            password_hash=user(db, KARI).password_hash,
            created_at=now,
            activated_at=now,
        )
        db.add(person)
        ids = []
        for number, customer_name in enumerate(customers):
            customer = Customer(
                number=f"{mark}{number}",
                kind=CustomerKind.COMPANY.value,
                name=customer_name,
                organisation_number="",
                organisation_form="AS",
                address="Bakken 1",
                postal_code="7030",
                city="Trondheim",
                country="NO",
                phone="+4773000300",
                email="office@newcomer.example",
                created_at=now,
            )
            db.add(customer)
            db.flush()
            role = Role.OWNER.value
            db.add(Member(user_id=person.id, customer_id=customer.id, role=role, created_at=now))
            db.add(
                Site(
                    customer_id=customer.id,
                    name=f"{customer_name}, Bakken 1",
                    address="Bakken 1",
                    postal_code="7030",
                    city="Trondheim",
                    country="NO",
                    created_at=now,
                )
            )
            ids.append(customer.id)
    return Newcomer(person.email, name, person.id, tuple(ids))


@contextmanager
def changing(email: str) -> Iterator[User]:
    """A person's row, to be changed by a test; committed at the end."""
    with transaction() as db:
        person = user(db, email)
        yield person
        db.add(person)
