"""A no follows its person to a new address or number."""

from sqlmodel import Session

from portal.accounts.models import User
from portal.accounts.users import Addresses, register_address_change
from portal.marketing.models import Channel
from portal.marketing.suppression import carry_over


@register_address_change
def take_noes_along(db: Session, before: Addresses, user: User) -> None:
    """Let what was refused at the old address hold for the new one, too."""
    if before.email != user.email:
        carry_over(db, Channel.EMAIL, before.email, user.email)
    if before.phone and user.phone and before.phone != user.phone:
        carry_over(db, Channel.SMS, before.phone, user.phone)
