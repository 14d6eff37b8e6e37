"""The data map is complete: every column says what it is for."""

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy import Column, Integer

import portal.tables  # noqa: F401 - declares every table
from portal import register
from portal.database import metadata
from portal.datamap import (
    PERIODS,
    PERSONS,
    DataEntry,
    Erasure,
    Person,
    Purpose,
    Retention,
    Subject,
    entry_of,
    legal_basis,
)

COLUMNS = [column for table in metadata.tables.values() for column in table.columns]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_has_an_entry(column: Column[Any]):
    assert isinstance(entry_of(column), DataEntry)


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_has_a_legal_basis_for_everybody_it_is_about(column: Column[Any]):
    entry = entry_of(column)
    for person in PERSONS[entry.subject]:
        assert legal_basis(entry.purpose, person).startswith("6(1)(")


def test_a_column_without_an_entry_is_found():
    with pytest.raises(LookupError, match="no entry"):
        entry_of(Column("forgotten", Integer))


def test_what_outlives_its_person_needs_a_reason():
    with pytest.raises(ValueError, match="reason"):
        DataEntry(
            Subject.CUSTOMER,
            Purpose.AGREEMENT,
            Retention.CONTRACT_END,
            erasure=Erasure.KEEP,
        )


def test_a_purpose_without_a_basis_is_refused():
    with pytest.raises(LookupError, match="no legal basis"):
        legal_basis(Purpose.PRICE_ADJUSTMENT, Person.ALARM_CONTACT)


def test_the_register_has_a_row_for_each_column_in_every_format():
    as_json = json.loads(register.as_json())
    as_csv = list(csv.DictReader(io.StringIO(register.as_csv())))
    assert len(as_json) == len(as_csv) == len(COLUMNS)
    assert register.as_html().count("<tr>") == len(COLUMNS) + 1


def test_periods_are_those_that_their_names_say():
    assert "30 days" in Retention.SESSION_END
    assert PERIODS[Retention.SESSION_END].days == 30
    assert PERIODS[Retention.HISTORY].days == 730
