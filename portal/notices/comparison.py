"""Two versions of a notice beside each other: what was removed, what was added, word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import Any

from portal.notices.tables import Row
from portal.notices.texts import Block, Line, Text

# Two lines are one that was changed if the longer one has this share of the shorter one's words.
ALIKE = 0.6


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    POINT = "point"


class Mark(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and what happened to them."""

    words: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Compared:
    """A line of the comparison; or, without pieces, so many that are `unchanged`."""

    kind: Kind
    pieces: tuple[Piece, ...] = ()
    unchanged: int = 0


_Plain = tuple[Kind, str]


@lru_cache(maxsize=64)
def compare(earlier: Text, later: Text) -> tuple[Compared, ...]:
    """What the later text changes, in its order; what stays the same is only counted."""
    before, after = list(_lines(earlier)), list(_lines(later))
    found: list[Compared] = []
    for what, i, j, k, m in _matcher(before, after).get_opcodes():
        if what == "equal":
            found += _unchanged(before[i:j])
        else:
            found += _changed(before[i:j], after[k:m])
    return tuple(found)


def _lines(text: Text) -> Iterator[_Plain]:
    for section in text.sections:
        yield Kind.HEADING, section.title
        for block in section.blocks:
            yield from _lines_of(block)


def _lines_of(block: Block) -> Iterator[_Plain]:
    if block.paragraph:
        yield Kind.PARAGRAPH, _plain(block.paragraph)
    for point in block.points:
        yield Kind.POINT, _plain(point)
    for row in block.rows:
        yield Kind.POINT, _row(row)


def _plain(line: Line) -> str:
    return "".join(words.text for words in line)


def _row(row: Row) -> str:
    bases = f" ({'; '.join(row.bases)})" if row.bases else ""
    return f"{row.name}{bases}: {'; '.join(row.kinds)}"


def _unchanged(lines: Sequence[_Plain]) -> Iterator[Compared]:
    """The heading under which something changes next is told, for orientation."""
    headings = [place for place, (kind, _) in enumerate(lines) if kind is Kind.HEADING]
    last = headings[-1] if headings else len(lines)
    if last:
        yield Compared(Kind.PARAGRAPH, unchanged=last)
    if headings:
        yield _whole(lines[last], Mark.SAME)
    if rest := len(lines[last + 1 :]):
        yield Compared(Kind.PARAGRAPH, unchanged=rest)


def _changed(before: Sequence[_Plain], after: Sequence[_Plain]) -> Iterator[Compared]:
    """Lines that became others: pairs that are alike word by word, the others whole."""
    waiting = list(after)
    for line in before:
        place = next((at for at, other in enumerate(waiting) if _alike(line, other)), None)
        if place is None:
            yield _whole(line, Mark.REMOVED)
            continue
        for other in waiting[:place]:
            yield _whole(other, Mark.ADDED)
        yield Compared(line[0], tuple(_word_by_word(line[1], waiting[place][1])))
        del waiting[: place + 1]
    for other in waiting:
        yield _whole(other, Mark.ADDED)


def _alike(one: _Plain, other: _Plain) -> bool:
    old, new = one[1].split(), other[1].split()
    kept = sum(block.size for block in _matcher(old, new).get_matching_blocks())
    return one[0] is other[0] and kept >= ALIKE * min(len(old), len(new))


def _matcher(old: Sequence[Any], new: Sequence[Any]) -> SequenceMatcher[Any]:
    """Without `autojunk`, which takes what is said often for noise."""
    return SequenceMatcher(None, old, new, autojunk=False)


def _whole(line: _Plain, mark: Mark) -> Compared:
    return Compared(line[0], (Piece(line[1], mark),))


def _word_by_word(before: str, after: str) -> Iterator[Piece]:
    """What became of each word; the spaces between are said to be the same."""
    old, new = before.split(), after.split()
    pieces: list[Piece] = []
    for what, i, j, k, m in _matcher(old, new).get_opcodes():
        if what == "equal":
            pieces.append(Piece(" ".join(old[i:j]), Mark.SAME))
            continue
        pieces += [Piece(" ".join(old[i:j]), Mark.REMOVED)] if j > i else []
        pieces += [Piece(" ".join(new[k:m]), Mark.ADDED)] if m > k else []
    for place, piece in enumerate(pieces):
        if place:
            yield Piece(" ", Mark.SAME)
        yield piece
