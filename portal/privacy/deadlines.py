"""When a data request must be answered (GDPR article 12(3)), to the day.

**The rule.** One calendar month; the day of receipt is not counted, so the month ends on the day
with its number, or on the last day of a month that has no such day (31 January, 28 February). A
deadline on a Saturday, Sunday or public holiday moves to the next working day (Regulation 1182/71,
article 3). Days are those of the office's country, whose public holidays count. A case that is
complex may take at most two months more, if the person is told why before the month is over.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from portal.customers.moves import today

OFFICE = "NO"  # the country of the office that answers
MOST_FURTHER_MONTHS = 2
_SATURDAY = 5


def office_day(moment: datetime) -> date:
    """The day it is at the office: the one on which a request came, or is answered."""
    return today(moment, OFFICE)


def due_on(received: date, *, further_months: int = 0) -> date:
    """The last day on which a request that came on the day `received` can be answered in time.

    Args:
        received: the day at the office on which it came.
        further_months: by how many months the answer was put off.

    Raises:
        ValueError: the law allows at most two.
    """
    if not 0 <= further_months <= MOST_FURTHER_MONTHS:
        raise ValueError(f"an answer cannot be put off by {further_months} months")
    return _working_day_from(_months_after(received, 1 + further_months))


def may_be_extended(received: date, day: date) -> bool:
    """Whether on this day the person can still be told in time that the answer takes longer."""
    return day <= due_on(received)


def is_working_day(day: date) -> bool:
    """Whether people work on this day at the office."""
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _working_day_from(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=32)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(OFFICE, years=year))
