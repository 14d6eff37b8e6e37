"""Kari and Tor of Nordlys Bakeri, Nils of Holm Rør, and what the senders would be told of them."""

from datetime import datetime

import pytest
from sqlmodel import Session

from portal.actor import Actor
from portal.marketing.audience import audience
from portal.marketing.choices import save_choices
from portal.marketing.models import Channel, Topic
from portal.marketing.wordings import CELLS, Cell
from tests.customers.people import People, add_people


@pytest.fixture
def people(db: Session, clock: datetime) -> People:
    return add_people(db, clock)


def choose(db: Session, actor: Actor, now: datetime, **cells: bool) -> int:
    """Switch cells, named like `offers_email`, from what the page would show them to be."""
    wanted, seen = dict.fromkeys(CELLS, False), dict.fromkeys(CELLS, False)
    for name, on in cells.items():
        cell = cell_of(name)
        wanted[cell], seen[cell] = on, not on
    return save_choices(db, actor, wanted, seen, locale="en", now=now)


def cell_of(name: str) -> Cell:
    topic, _, channel = name.rpartition("_")
    return Topic(topic.replace("_", "-")), Channel(channel)


def written_to(
    db: Session, now: datetime, topic: Topic = Topic.OFFERS, channel: Channel = Channel.EMAIL
) -> list[str]:
    """The addresses that the senders may write to now."""
    return sorted(each.address for each in audience(db, topic, channel, now=now))
