"""The people of these tests, in each database."""

from datetime import datetime

import pytest
from sqlmodel import Session

from tests.customers.people import People, add_people


@pytest.fixture
def people(db: Session, clock: datetime) -> People:
    return add_people(db, clock)
