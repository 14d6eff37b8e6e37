"""When a data request must be answered: the rule, by hand, by a second source, and in general."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workalendar.europe import Norway

from portal.privacy.deadlines import due_on, is_working_day, may_be_extended, office_day

# Counted by hand on a calendar. Easter Sunday: 5 April 2026, 28 March 2027, 16 April 2028,
# 1 April 2029, 21 April 2030.
CASES = [
    ("2026-01-05", "2026-02-05", "the day with the same number"),
    ("2026-01-28", "2026-03-02", "28 February is a Saturday"),
    ("2026-01-31", "2026-03-02", "31 January ends on the last of February, a Saturday"),
    ("2026-02-28", "2026-03-30", "28 March is a Saturday"),
    ("2026-03-02", "2026-04-07", "Maundy Thursday to Easter Monday"),
    ("2026-03-31", "2026-04-30", "April has 30 days"),
    ("2026-04-01", "2026-05-04", "1 May is a Friday"),
    ("2026-04-14", "2026-05-15", "Ascension Day"),
    ("2026-04-17", "2026-05-18", "17 May is a Sunday"),
    ("2026-04-24", "2026-05-26", "Whit Sunday, then Whit Monday"),
    ("2026-04-25", "2026-05-26", "Whit Monday"),
    ("2026-10-31", "2026-11-30", "November has 30 days"),
    ("2026-11-24", "2026-12-24", "Christmas Eve is no public holiday"),
    ("2026-11-25", "2026-12-28", "both days of Christmas, and a Sunday"),
    ("2026-12-01", "2027-01-04", "New Year's Day is a Friday"),
    ("2026-12-31", "2027-02-01", "31 January is a Sunday"),
    ("2027-01-29", "2027-03-01", "28 February is a Sunday"),
    ("2027-01-31", "2027-03-01", "28 February is a Sunday"),
    ("2027-02-25", "2027-03-30", "Maundy Thursday to Easter Monday"),
    ("2027-04-01", "2027-05-03", "1 May is a Saturday"),
    ("2027-04-06", "2027-05-07", "Ascension Day"),
    ("2027-04-17", "2027-05-18", "17 May is Whit Monday, too"),
    ("2027-11-25", "2027-12-27", "Christmas Day is a Saturday, and the 26th a Sunday"),
    ("2027-12-01", "2028-01-03", "New Year's Day is a Saturday"),
    ("2028-01-29", "2028-02-29", "a leap year"),
    ("2028-01-31", "2028-02-29", "the last of February in a leap year"),
    ("2028-02-29", "2028-03-29", "29 March exists in every year"),
    ("2028-03-13", "2028-04-18", "Maundy Thursday to Easter Monday"),
    ("2028-03-31", "2028-05-02", "30 April is a Sunday, then comes 1 May"),
    ("2028-04-17", "2028-05-18", "17 May is a Wednesday"),
    ("2028-04-25", "2028-05-26", "Ascension Day"),
    ("2028-05-05", "2028-06-06", "Whit Monday"),
    ("2028-11-26", "2028-12-27", "the second day of Christmas is a Tuesday"),
    ("2028-12-01", "2029-01-02", "New Year's Day is a Monday"),
    ("2029-01-31", "2029-02-28", "no leap year"),
    ("2029-02-28", "2029-03-28", "the day with the same number, not the last of March"),
    ("2029-03-01", "2029-04-03", "Easter Sunday, then Easter Monday"),
    ("2029-04-10", "2029-05-11", "Ascension Day"),
    ("2029-04-17", "2029-05-18", "17 May is a Thursday"),
    ("2029-04-21", "2029-05-22", "Whit Monday"),
    ("2029-11-24", "2029-12-24", "Christmas Eve is a Monday and no public holiday"),
    ("2029-12-01", "2030-01-02", "New Year's Day is a Tuesday"),
    ("2030-01-31", "2030-02-28", "no leap year"),
    ("2030-03-18", "2030-04-23", "Maundy Thursday to Easter Monday"),
    ("2030-04-01", "2030-05-02", "1 May is a Wednesday"),
    ("2030-04-17", "2030-05-20", "17 May is a Friday"),
    ("2030-04-30", "2030-05-31", "Ascension Day"),
    ("2030-05-10", "2030-06-11", "Whit Monday"),
    ("2030-11-26", "2030-12-27", "the second day of Christmas is a Thursday"),
    ("2030-12-31", "2031-01-31", "over the end of the year"),
]
DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(5 * 365 + 1)]
ANY_DAY = st.dates(date(2020, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(("received", "due", "because"), CASES)
def test_answer_is_due_on_the_day_that_the_calendar_says(
    received: str, due: str, because: str
) -> None:
    assert due_on(date.fromisoformat(received)).isoformat() == due, because


@pytest.mark.parametrize(
    ("received", "further_months", "due"),
    [
        ("2026-11-23", 1, "2027-01-25"),  # 23 January is a Saturday
        ("2026-11-23", 2, "2027-02-23"),
        ("2026-11-30", 2, "2027-03-01"),  # the last of February is a Sunday
        ("2026-12-31", 1, "2027-03-01"),
        ("2026-12-31", 2, "2027-03-31"),  # counted from receipt, not from the clipped day
        ("2027-12-31", 1, "2028-02-29"),
    ],
)
def test_further_months_are_counted_from_receipt(
    received: str, further_months: int, due: str
) -> None:
    found = due_on(date.fromisoformat(received), further_months=further_months)
    assert found.isoformat() == due


@pytest.mark.parametrize("further_months", [-1, 3, 12])
def test_answer_is_never_put_off_by_more_than_two_months(further_months: int) -> None:
    with pytest.raises(ValueError, match="put off"):
        due_on(date(2026, 11, 23), further_months=further_months)


def test_extension_is_told_on_the_last_day_at_the_latest() -> None:
    received = date(2026, 11, 25)  # due on Monday, 28 December
    assert may_be_extended(received, date(2026, 12, 28))
    assert not may_be_extended(received, date(2026, 12, 29))


# The second source: a library that shares nothing with the first.


def test_working_days_of_five_years_are_those_of_a_second_source() -> None:
    other = Norway()
    assert DAYS[-1] == date(2030, 12, 31)
    assert [day for day in DAYS if is_working_day(day) != other.is_working_day(day)] == []


def test_deadlines_of_five_years_are_those_of_a_second_source() -> None:
    """The rule, said once more: to the next month day by day, then to a working day."""
    other = Norway()

    def counted(received: date) -> date:
        day = clipped(received)
        while not other.is_working_day(day):
            day += timedelta(days=1)
        return day

    assert [day for day in DAYS if due_on(day) != counted(day)] == []


def clipped(received: date) -> date:
    """The day of the following month that ends the month, whatever day of the week it is."""
    following = (received.replace(day=1) + timedelta(days=31)).replace(day=1)
    last = monthrange(following.year, following.month)[1]
    return following.replace(day=min(received.day, last))


@given(ANY_DAY)
def test_every_deadline_is_a_working_day_after_a_whole_month(received: date) -> None:
    due = due_on(received)
    assert is_working_day(due)
    assert due >= clipped(received)
    assert (due - clipped(received)).days <= 5, "at most Easter stands between"


@given(ANY_DAY, st.integers(0, 40))
def test_who_asks_later_is_answered_no_earlier(received: date, days: int) -> None:
    assert due_on(received + timedelta(days=days)) >= due_on(received)


@given(ANY_DAY)
def test_each_further_month_gives_more_time(received: date) -> None:
    days = [due_on(received, further_months=months) for months in (0, 1, 2)]
    assert days == sorted(set(days))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_office_begins_its_day_at_midnight_in_norway(moment: datetime, day: date) -> None:
    assert office_day(moment) == day
