"""Kari's call lists, in each database."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlmodel import Session

from portal import limits
from tests.contacts.people import Lists, add_lists


@pytest.fixture(autouse=True)
def empty_counters() -> Iterator[None]:
    """No test uses up the invitations that another one may send to Ola."""
    limits.forget_everything()
    yield
    limits.forget_everything()


@pytest.fixture
def lists(db: Session, clock: datetime) -> Lists:
    return add_lists(db, clock)
