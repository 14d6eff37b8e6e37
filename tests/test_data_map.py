"""The data map is complete: every column says what it is for."""

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy import Column, Integer, String, Table

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
    clocks_of,
    entry_of,
    legal_basis,
)
from portal.jobs import JOBS
from portal.privacy.retention import expiring

TABLES = [table for _, table in sorted(metadata.tables.items())]
COLUMNS = [column for table in TABLES for column in table.columns]
CLOCKS = [(table, clock) for table in TABLES for clock in clocks_of(table)]


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
    as_json = json.loads(register.as_json())["columns"]
    as_csv = list(csv.DictReader(io.StringIO(register.as_csv())))
    assert len(as_json) == len(as_csv) == len(COLUMNS)
    assert register.as_html().count("<tr>") == len(COLUMNS) + 1


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_period_in_a_table_has_something_that_ends_it(table: Table):
    """Declare it with `runs_out`: counted from a moment, done by a job, or going with a row."""
    periods = {entry_of(column).retention for column in table.columns} & set(PERIODS)
    assert sorted(clock.retention for clock in clocks_of(table)) == sorted(periods)


def test_a_retention_is_ended_in_exactly_one_way():
    for table, clock in CLOCKS:
        ways = [clock.since is not None, bool(clock.job), bool(clock.follows)]
        assert ways.count(True) == 1, table.name


def test_jobs_that_the_tables_name_exist():
    assert {clock.job for _, clock in CLOCKS if clock.job} <= {job.name for job in JOBS}


def test_a_row_that_goes_with_another_is_taken_along_by_the_database():
    for table, clock in CLOCKS:
        if clock.follows:
            (key,) = table.columns[clock.follows].foreign_keys
            assert key.ondelete == "CASCADE"
            assert clock.retention in {each.retention for each in clocks_of(key.column.table)}


def test_times_are_counted_from_the_table_s_own_columns():
    for what in expiring():
        columns = {column for column in what.since._from_objects if isinstance(column, Table)}
        assert columns == {what.table}


def test_what_is_blanked_can_be_empty():
    for what in expiring():
        for column in what.blanked:
            assert column.nullable or isinstance(column.type, String)
            assert not column.primary_key


def test_periods_are_those_that_their_names_say():
    assert "30 days" in Retention.SESSION_END
    assert PERIODS[Retention.SESSION_END].days == 30
    assert PERIODS[Retention.HISTORY].days == 730
