"""Counters begin anew for every test."""

from collections.abc import Iterator

import pytest

from portal import limits


@pytest.fixture(autouse=True)
def fresh_counters() -> Iterator[None]:
    limits.forget_everything()
    yield
    limits.forget_everything()
