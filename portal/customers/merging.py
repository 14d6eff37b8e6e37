"""Merging what two people changed in one record, without losing either's work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Theirs:
    """What a field was when the actor began to edit, and who changed it last since then."""

    base: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Meanwhile:
    """A field that somebody else changed while this actor was editing it.

    `by` is the other person's name, empty for the back office and for people who are gone.
    """

    field: str
    yours: str
    current: str
    by: str
    at: datetime


def earliest_base(changes: Iterable[tuple[str, str, str | None, datetime]]) -> dict[str, Theirs]:
    """What each field was before the first of `changes` (field, old value, name, time)."""
    theirs: dict[str, Theirs] = {}
    for field, old, name, at in changes:
        base = theirs[field].base if field in theirs else old
        theirs[field] = Theirs(base, name or "", at)
    return theirs


def edited(
    values: Mapping[str, str], current: Mapping[str, str], theirs: Mapping[str, Theirs]
) -> dict[str, str]:
    """Those of `values` that differ from what the actor saw."""
    return {
        field: value
        for field, value in values.items()
        if value != (theirs[field].base if field in theirs else current[field])
    }


def overlap(
    mine: Mapping[str, str],
    current: Mapping[str, str],
    theirs: Mapping[str, Theirs],
    together: Iterable[frozenset[str]],
) -> tuple[Meanwhile, ...]:
    """What both changed, and to different values, in the order of `current`.

    Fields that stand in one set of `together` are parts of one thing, such as an address: who
    changes one part and who changes another have changed the same thing.
    """
    differing = {field for field, value in mine.items() if value != current[field]}
    both = differing & theirs.keys()
    for group in together:
        if differing & group:
            both |= group & theirs.keys()
    return tuple(
        Meanwhile(
            field,
            mine.get(field, theirs[field].base),
            current[field],
            theirs[field].by,
            theirs[field].at,
        )
        for field in current
        if field in both
    )
