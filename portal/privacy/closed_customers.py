"""What a closed account still needed for its contract goes when the contract has ended.

First the call lists are emptied; the customer goes when the monitoring station has confirmed that,
so that nobody is called for an alarm that is no longer watched. Accounts that nobody closed stay:
an end date may be old, and a call list that vanishes too early costs more than one that stays.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.contacts.taking_off import empty_lists, station_has_lists_of
from portal.customers.closing import closed_and_ended, erase_customer
from portal.customers.moves import today
from portal.notices.controller import home_country
from portal.privacy.erasing import WORKER


def ended(db: Session, *, now: datetime) -> list[UUID]:
    """The closed customers whose contract is over since yesterday or longer."""
    return closed_and_ended(db, day=today(now, home_country()))


def erase_ended(db: Session, customer_id: UUID, *, now: datetime) -> bool:
    """Empty the call lists, or erase the customer if the station has them empty; False while it
    does not.
    """
    if empty_lists(db, WORKER, customer_id, now=now):
        return False
    if not station_has_lists_of(db, customer_id):
        return False
    erase_customer(db, WORKER, customer_id, now=now)
    return True
