"""Which version holds, publishing one, and what the operator types."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from portal.actor import system
from portal.cli_notices import notices
from portal.database import transaction
from portal.errors import NotAllowedError
from portal.notices import versions
from portal.notices.models import Audience
from tests.accounts.people import kari, on_a_device, told

FIRST, SECOND, THIRD, FOURTH = "2025-05-01", "2026-11-24", "2026-11-25", "2026-11-26"
OFFICE = system("command line")


def names(db: Session, audience: Audience = Audience.CUSTOMER) -> list[str]:
    return [each.version.name for each in versions.all_of(db, audience)]


def test_the_first_version_holds_though_nobody_published_it(db: Session, clock: datetime) -> None:
    for audience in Audience:
        assert names(db, audience) == [FIRST]
        assert versions.current(db, audience, day=clock.date()).name == FIRST
        assert versions.current(db, audience, day=date(2020, 1, 1)).name == FIRST


def test_publishing_takes_effect_on_the_day_that_the_text_names(
    db: Session, clock: datetime
) -> None:
    published = versions.publish(db, OFFICE, now=clock)
    assert [(each.version.audience, each.version.name) for each in published] == [
        (Audience.CUSTOMER, SECOND),
        (Audience.CUSTOMER, THIRD),
        (Audience.CUSTOMER, FOURTH),
        (Audience.ALARM_CONTACT, SECOND),
        (Audience.ALARM_CONTACT, FOURTH),
    ]
    current = versions.current
    assert current(db, Audience.CUSTOMER, day=date(2026, 11, 23)).name == FIRST
    assert current(db, Audience.CUSTOMER, day=date(2026, 11, 24)).name == SECOND
    assert current(db, Audience.CUSTOMER, day=date(2026, 11, 25)).name == THIRD
    assert current(db, Audience.CUSTOMER, day=date(2026, 11, 26)).name == FOURTH
    assert current(db, Audience.ALARM_CONTACT, day=date(2026, 11, 25)).name == SECOND
    assert versions.newest(db, Audience.CUSTOMER).name == FOURTH
    assert told(db) == ["privacy notice published"] * 5


def test_a_text_that_is_published_late_holds_from_that_day(db: Session, clock: datetime) -> None:
    late = clock + timedelta(days=40)
    assert {each.effective for each in versions.publish(db, OFFICE, now=late)} == {date(2027, 1, 2)}
    assert versions.current(db, Audience.CUSTOMER, day=date(2027, 1, 1)).name == FIRST


def test_days_are_those_of_the_office_and_not_of_greenwich() -> None:
    assert versions.day_of(datetime.fromisoformat("2026-11-23T23:30+00:00")) == date(2026, 11, 24)


def test_publishing_twice_publishes_once(db: Session, clock: datetime) -> None:
    versions.publish(db, OFFICE, now=clock)
    assert versions.publish(db, OFFICE, now=clock) == []
    assert names(db) == [FOURTH, THIRD, SECOND, FIRST]


def test_no_person_publishes(db: Session, clock: datetime) -> None:
    actor, _ = on_a_device(db, kari(db, clock), clock)
    with pytest.raises(NotAllowedError):
        versions.publish(db, actor, now=clock)


def test_the_command_says_what_it_published_and_then_that_nothing_waits(database: str) -> None:
    first = CliRunner().invoke(notices, ["publish"])
    assert first.exit_code == 0, first.output
    assert f"customer: version {SECOND}, in force from " in first.stdout
    assert f"customer: version {FOURTH}, in force from " in first.stdout
    assert f"alarm contact: version {FOURTH}" in first.stdout
    second = CliRunner().invoke(notices, ["publish"])
    assert second.stdout == "Every version is published already.\n"
    with transaction() as db:
        assert names(db) == [FOURTH, THIRD, SECOND, FIRST]
