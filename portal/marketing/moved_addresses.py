"""A no follows its person to a new address or number."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.accounts.users import register_address_change
from portal.marketing.choices import address_of
from portal.marketing.models import Channel, MarketingChoice, Topic, Way
from portal.marketing.suppression import suppress


@register_address_change
def take_nos_along(db: Session, user: User, now: datetime) -> None:
    """Let what the person has refused, and nowhere allowed again, hold for the new address, too."""
    rows = db.execute(
        select(MarketingChoice).where(col(MarketingChoice.user_id) == user.id)
    ).scalars()
    nos: dict[tuple[Topic, Channel], Way] = {}
    yeses: set[tuple[Topic, Channel]] = set()
    for row in rows:
        cell = Topic(row.topic), Channel(row.channel)
        if row.chosen:
            yeses.add(cell)
        else:
            nos[cell] = Way(row.way)
    for (topic, channel), way in nos.items():
        address = address_of(user, channel)
        if address and (topic, channel) not in yeses:
            suppress(db, channel, address, topic, way, now=now)
