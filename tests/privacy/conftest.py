"""Kari's lists with Ola on them: an alarm contact with an account of her own, as Nils's is, too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlmodel import Session

from portal import limits
from portal.actor import Actor
from portal.contacts.adding import AddedContact
from portal.contacts.answering import accept
from tests.contacts.people import (
    OLA,
    Lists,
    account,
    acting,
    entry_of,
    invitation_token,
    named,
)


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
    from tests.contacts.people import add_lists

    lists = add_lists(db, clock)
    per = named(db, lists, "Per Vik", 105, now=clock)
    named_ola = named(db, lists, "Ola Berg", 104, now=clock, email=OLA)
    user = account(db, OLA, "Ola Berg", clock)
    yes = [entry_of(db, named_ola).id]
    accept(db, invitation_token(db, OLA), yes=yes, user=user, sure=False, now=clock)
    return Neighbours(lists, acting(user, clock), named_ola, per)
