"""A no follows its person to a new address or number."""

from sqlmodel import Session

from portal.accounts.models import User
from portal.accounts.users import Addresses, register_address_change
from portal.marketing.models import Channel, Way
from portal.marketing.receipts import noes_of
from portal.marketing.suppression import carry_over, suppress


@register_address_change
def take_noes_along(db: Session, before: Addresses, user: User) -> None:
    """Let what was refused at the old address hold for the new one, too.

    And what the person refused while there was none: whoever stops everything before they give us
    a number is sent no SMS either, also once their account is gone.
    """
    moved = (
        (Channel.EMAIL, before.email, user.email),
        (Channel.SMS, before.phone, user.phone),
    )
    for channel, old, new in moved:
        if not new or new == old:
            continue
        if old:
            carry_over(db, channel, old, new)
        for topic, no in noes_of(db, user.id, channel).items():
            suppress(db, channel, new, topic, Way(no.way), now=no.at)
