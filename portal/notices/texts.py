"""The texts of the privacy notices: a folder per audience and version, a file per language.

A file is Markdown (headings, paragraphs, lists) behind a head in TOML between `+++` lines:
`title`, `changes` (what is new, a sentence each) and, in the English one, `effective` and
`changes_processing` (whether it changes what happens to people's data). `{company}` and the like
are places for facts. A paragraph `{{name}}` stands for a table (see `portal/notices/tables.py`), or
for the list of `{{authorities}}`.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from portal.languages import using
from portal.notices import tables
from portal.notices.controller import Authority, authorities, country_name, facts, home_country
from portal.notices.models import Audience
from portal.notices.tables import Row

FOLDER = Path(__file__).with_name("texts")
FOLDERS = {Audience.CUSTOMER: "customer", Audience.ALARM_CONTACT: "alarm-contact"}
# Where the portal shows them, below the language.
PAGES = {Audience.CUSTOMER: "privacy", Audience.ALARM_CONTACT: "privacy/alarm-contacts"}
_HEAD = "+++\n"
_TABLE = re.compile(r"\{\{(\w+)\}\}")
_FACT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text, which may lead somewhere."""

    text: str
    address: str = ""


Line = tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One of: a paragraph, the points of a list, the rows of a table with its name."""

    paragraph: Line = ()
    points: tuple[Line, ...] = ()
    table: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it; `anchor` leads there."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Text:
    """One version in one language. `digest` is that of its files, for the proof."""

    title: str
    changes: tuple[str, ...]
    sections: tuple[Section, ...]
    digest: str


@dataclass(frozen=True)
class Version:
    """One version of a notice, in all languages; named by the day on which it was written."""

    audience: Audience
    name: str
    effective: date
    changes_processing: bool
    folder: Path = field(repr=False, compare=False)

    @property
    def written(self) -> date:
        return date.fromisoformat(self.name)


@lru_cache
def versions(audience: Audience) -> tuple[Version, ...]:
    """Every version there is a text for, the oldest first."""
    folders = sorted(path for path in (FOLDER / FOLDERS[audience]).iterdir() if path.is_dir())
    return tuple(_version(audience, folder) for folder in folders)


def _version(audience: Audience, folder: Path) -> Version:
    head = _read(folder, "en").head
    return Version(audience, folder.name, head["effective"], head["changes_processing"], folder)


@lru_cache
def text(version: Version, locale: str) -> Text:
    """The version's text in this language, with the company's facts in their places."""
    file = _read(version.folder, locale)
    with using(locale):
        return Text(
            title=file.head["title"],
            changes=tuple(file.head["changes"]),
            sections=tuple(_sections(file)),
            digest=file.digest,
        )


@dataclass(frozen=True, slots=True)
class _File:
    head: dict[str, Any]
    body: str
    tables: str
    digest: str


@lru_cache
def _read(folder: Path, locale: str) -> _File:
    content = (folder / f"{locale}.md").read_text(encoding="utf-8")
    tables_file = folder / tables.FILE
    made = tables_file.read_text(encoding="utf-8") if tables_file.exists() else ""
    _, head, body = content.split(_HEAD, 2)
    digest = hashlib.sha256((content + made).encode()).hexdigest()
    return _File(tomllib.loads(head), body, made, digest)


def _sections(file: _File) -> Iterator[Section]:
    tokens = MarkdownIt("zero").enable(["heading", "list"]).parse(file.body)
    starts = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    for number, (start, end) in enumerate(
        zip(starts, [*starts[1:], len(tokens)], strict=True), start=1
    ):
        title = tokens[start + 1].content
        blocks = tuple(_blocks(tokens[start + 3 : end], file.tables))
        yield Section(f"part-{number}", title, blocks)


def _blocks(tokens: list[Token], made: str) -> Iterator[Block]:
    points: list[Line] | None = None
    for token in tokens:
        if token.type == "bullet_list_open":
            points = []
        elif token.type == "bullet_list_close":
            yield Block(points=tuple(points or ()))
            points = None
        elif token.type == "inline" and points is not None:
            points.append(_line(token.content))
        elif token.type == "inline" and (table := _TABLE.fullmatch(token.content)):
            yield _table(table[1], made)
        elif token.type == "inline":
            yield Block(paragraph=_line(token.content))


def _table(name: str, made: str) -> Block:
    if name == "authorities":
        return Block(points=tuple(_authority(country, each) for country, each in authorities()))
    return Block(table=name, rows=tables.in_words(made, home_country(), name))


def _authority(country: str, authority: Authority) -> Line:
    return Words(f"{country_name(country)}: "), Words(authority.name, authority.address)


def _line(written: str) -> Line:
    """The words, with facts in their places; addresses and the phone number are links.

    Raises:
        KeyError: there is no such fact.
    """
    known = facts()
    links = {
        "email": f"mailto:{known['email']}",
        "phone": f"tel:{known['phone'].replace(' ', '')}",
        "request": known["request"],
    }
    pieces: list[Words] = [Words("")]
    for position, piece in enumerate(_FACT.split(" ".join(written.split()))):
        if position % 2 and piece in links:
            pieces += [Words(known[piece], links[piece]), Words("")]
        else:
            pieces[-1] = Words(pieces[-1].text + (known[piece] if position % 2 else piece))
    return tuple(piece for piece in pieces if piece.text)
