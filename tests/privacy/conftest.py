"""Kari and Tor of Nordlys Bakeri, Nils, Ola who is an alarm contact, Siri and Aud of support."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from portal import limits
from portal.accounts.models import User
from portal.actor import Actor, StaffRole
from portal.contacts.adding import AddedContact
from portal.contacts.answering import accept
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from tests.contacts.people import (
    OLA,
    Lists,
    account,
    acting,
    add_lists,
    entry_of,
    invitation_token,
    named,
)
from tests.customers.people import People, add_people, add_user


@dataclass(frozen=True)
class Neighbours:
    """`lists` as they are, with `ola` on Storgata's by her own yes, and Per without an account."""

    lists: Lists
    ola: Actor
    ola_at_nordlys: AddedContact
    per: AddedContact

    @property
    def kari(self) -> Actor:
        return self.lists.kari

    @property
    def tor(self) -> Actor:
        return self.lists.tor

    @property
    def nils(self) -> Actor:
        return self.lists.nils


@pytest.fixture(autouse=True)
def empty_counters() -> Iterator[None]:
    limits.forget_everything()
    yield
    limits.forget_everything()


@pytest.fixture
def neighbours(db: Session, clock: datetime) -> Neighbours:
    lists = add_lists(db, clock)
    per = named(db, lists, "Per Vik", 105, now=clock)
    named_ola = named(db, lists, "Ola Berg", 104, now=clock, email=OLA)
    user = account(db, OLA, "Ola Berg", clock)
    yes = [entry_of(db, named_ola).id]
    accept(db, invitation_token(db, OLA), yes=yes, user=user, sure=False, now=clock)
    return Neighbours(lists, acting(user, clock), named_ola, per)


@dataclass(frozen=True)
class Staff:
    siri: Actor
    aud: Actor


@pytest.fixture
def people(db: Session, clock: datetime) -> People:
    return add_people(db, clock)


@pytest.fixture
def ola(db: Session, people: People, clock: datetime) -> Actor:
    user = add_user(db, "Ola Berg", "ola@berg.example", clock)
    return Actor(user.id, user.name, user.locale, is_contact=True, authenticated_at=clock)


@pytest.fixture
def staff(db: Session, people: People, clock: datetime) -> Staff:
    return add_staff(db, clock)


def add_staff(db: Session, now: datetime) -> Staff:
    def employed(name: str, email: str, role: StaffRole) -> Actor:
        user = add_user(db, name, email, now)
        user.staff_role = role.value
        db.add(user)
        db.flush()
        return Actor(user.id, name, "en", staff_role=role, authenticated_at=now)

    return Staff(
        siri=employed("Siri Dahl", "siri@support.example", StaffRole.AGENT),
        aud=employed("Aud Moe", "aud@support.example", StaffRole.LEAD),
    )


def mails(db: Session, **which: Any) -> list[OutboxMessage]:
    """The mails with these values, such as `kind=…` or `recipient=…`, in the order of writing."""
    db.flush()
    wanted = [getattr(OutboxMessage, name) == value for name, value in which.items()]
    found = db.exec(select(OutboxMessage).where(*wanted).order_by(col(OutboxMessage.created_at)))
    return list(found)


def text_of(mail: OutboxMessage) -> str:
    """What the mail says, on one line."""
    return " ".join(Letter.opened(mail.body or "").text.split())


def user_of(db: Session, actor: Actor) -> User:
    return db.get_one(User, actor.user)
