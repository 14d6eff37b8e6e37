"""Kari's customer and Nils's, as rows, and the people who act for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.accounts.models import User
from portal.actor import Actor, Role
from portal.customers.models import Customer, Member, Site


@dataclass(frozen=True)
class People:
    """`kari` owns Nordlys Bakeri AS, `liv` administers it, `tor` is a colleague; `nils` owns
    Holm Rør ENK and `orjan` a Swedish sole trade whose number is his own.
    """

    kari: Actor
    liv: Actor
    tor: Actor
    nils: Actor
    orjan: Actor
    storgata: UUID

    @property
    def nordlys(self) -> UUID:
        assert self.kari.customer_id
        return self.kari.customer_id


def add_user(db: Session, name: str, email: str, now: datetime) -> User:
    user = User(email=email, name=name, locale="en", created_at=now, activated_at=now)
    db.add(user)
    db.flush()
    return user


def add_customer(db: Session, now: datetime, **values: object) -> Customer:
    ordinary: dict[str, object] = {
        "kind": "company",
        "address": "Storgata 4",
        "postal_code": "7030",
        "city": "Trondheim",
        "country": "NO",
        "created_at": now,
    }
    customer = Customer.model_validate(ordinary | values)
    db.add(customer)
    db.flush()
    return customer


def add_site(db: Session, customer: Customer, now: datetime) -> Site:
    site = Site(
        customer_id=customer.id,
        name=customer.address,
        address=customer.address,
        postal_code=customer.postal_code,
        city=customer.city,
        country=customer.country,
        back_office_name=customer.address,
        created_at=now,
    )
    db.add(site)
    db.flush()
    return site


def act(db: Session, user: User, customer: Customer, role: Role, now: datetime) -> Actor:
    db.add(Member(user_id=user.id, customer_id=customer.id, role=role.value, created_at=now))
    db.flush()
    return Actor(user.id, user.name, user.locale, customer.id, role, authenticated_at=now)


def add_people(db: Session, now: datetime) -> People:
    nordlys = add_customer(
        db,
        now,
        number="10001",
        name="Nordlys Bakeri AS",
        organisation_number="314200004",
        organisation_form="AS",
        phone="+4773000100",
        email="post@nordlys.example",
    )
    holm = add_customer(
        db,
        now,
        number="10002",
        kind="sole trader",
        name="Holm Rør ENK",
        organisation_number="314200012",
        organisation_form="ENK",
    )
    snickeri = add_customer(
        db,
        now,
        number="20002",
        kind="sole trader",
        name="Åkerströms Snickeri",
        organisation_number="1212121212",
        organisation_form="EF",
        address="Hamngatan 3",
        postal_code="411 04",
        city="Göteborg",
        country="SE",
    )
    kari = add_user(db, "Kari Nordli", "kari@nordlys.example", now)
    liv = add_user(db, "Liv Dahl", "liv@nordlys.example", now)
    tor = add_user(db, "Tor Lie", "tor@nordlys.example", now)
    nils = add_user(db, "Nils Holm", "nils@holm.example", now)
    orjan = add_user(db, "Örjan Åkerström", "orjan@akerstrom.example", now)
    site = add_site(db, nordlys, now)
    add_site(db, holm, now)
    return People(
        kari=act(db, kari, nordlys, Role.OWNER, now),
        liv=act(db, liv, nordlys, Role.ADMINISTRATOR, now),
        tor=act(db, tor, nordlys, Role.COLLEAGUE, now),
        nils=act(db, nils, holm, Role.OWNER, now),
        orjan=act(db, orjan, snickeri, Role.OWNER, now),
        storgata=site.id,
    )
