"""Many things, some at a time: a statement takes only so many values."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_batches(things: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """The things in their order, `size` at a time, the rest at the end."""
    waiting = iter(things)
    while some := list(islice(waiting, size)):
        yield some
