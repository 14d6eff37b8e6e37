"""The pages of a copy: read in any browser without a network, printed, heard; without script."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.languages import (
    _,
    current_locale,
    format_day,
    format_number,
    format_time,
    ngettext,
    using,
)
from portal.notices.controller import Authority, authorities, country_name
from portal.notices.tables import bases_in_words, words_of
from portal.notices.texts import Text, Version
from portal.privacy.copy_contents import Field, Part
from portal.privacy.copy_words import (
    field_words,
    purpose_words,
    retention_words,
    source_words,
    title_of,
)
from portal.settings import get_settings

TEMPLATES = Path(__file__).with_name("templates")
STYLE = "style.css.jinja"
MOST_ON_INDEX = 500
ON_A_PAGE = 1000
WIDEST_TABLE = 8  # with more columns each row stands as a list of its own
_ADDRESS = re.compile(r"\S*(?:@|[^\W\d_][\w-]*/|\w\.[a-z])\S*")
_BETWEEN_PARTS = re.compile(r"(?<=[@/])(?=.)|(?<=\w)(?=\.\w)")

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """Why some fields of a part are kept: what article 15(1) asks to be told."""

    purpose: str
    bases: tuple[str, ...]
    source: str
    retention: str
    recipients: tuple[str, ...]
    portable: bool


@dataclass
class Chapter:
    """A part as the index shows it: its first rows, and where all of them are.

    Each of `reasons` comes with the names of the fields that it is about.
    """

    code: str
    title: str
    fields: tuple[str, ...]
    reasons: tuple[tuple[str, Reason], ...]
    rows: list[Cells] = field(default_factory=list)
    count: int = 0
    file: str = ""
    pages: list[str] = field(default_factory=list)

    @property
    def used(self) -> list[int]:
        """The places of the fields that say anything of the rows shown."""
        return [
            place for place, _name in enumerate(self.fields) if any(row[place] for row in self.rows)
        ]


def chapter_of(part: Part, code: str) -> Chapter:
    """The part before any row of it was read."""
    reasons: dict[Reason, list[str]] = {}
    for each in part.fields:
        reasons.setdefault(_reason(part, each), []).append(field_words(each))
    names = tuple(field_words(each) for each in part.fields)
    told = tuple((", ".join(about), reason) for reason, about in reasons.items())
    return Chapter(code, title_of(part), names, told)


def _reason(part: Part, field: Field) -> Reason:
    entry = field.entry
    return Reason(
        purpose=purpose_words(part, field),
        bases=bases_in_words(field.bases),
        source=source_words(part, field),
        retention=retention_words(part, field),
        recipients=tuple(words_of(each) for each in entry.recipients),
        portable=field.portable,
    )


def index_page(**values: object) -> str:
    """The first page of a copy."""
    return _page("index.html.jinja", **values)


def part_page(chapter: Chapter, rows: Sequence[Cells], page: int, *, last: bool) -> str:
    """One page of a part that is too long for the index."""
    shown = Chapter(chapter.code, chapter.title, chapter.fields, (), list(rows))
    first = (page - 1) * ON_A_PAGE + 1
    span = f"{format_number(first)}–{format_number(first + len(rows) - 1)}"
    return _page("part.html.jinja", chapter=shown, page=page, last=last, span=span)


def notice_page(version: Version, text: Text, locale: str) -> str:
    """A privacy notice in full, in the language in which it was given."""
    with using(locale):
        return _page("notice.html.jinja", text=text, written=format_day(version.written))


def _page(template: str, **values: object) -> str:
    environment = _environment()
    return environment.get_template(template).render(
        values, settings=get_settings(), style=_style(), policy=_policy()
    )


@lru_cache
def _style() -> str:
    return (TEMPLATES / STYLE).read_text(encoding="utf-8")


@lru_cache
def _policy() -> str:
    """Nothing but this one style: what people have typed can neither run nor fetch anything."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # pyright: ignore[reportAttributeAccessIssue]
        _, ngettext, newstyle=True
    )
    own = {
        "locale": current_locale,
        "widest": WIDEST_TABLE,
        "number": format_number,
        "moment": format_time,
        "breaks": breaks,
        "has_address": has_address,
        "authorities": _authorities,
    }
    cast("dict[str, Any]", environment.globals).update(own)
    return environment


def has_address(text: str) -> bool:
    """Whether there is anything for `breaks` to do: most of many thousand cells are plain words."""
    return _ADDRESS.search(text) is not None


def breaks(text: str) -> list[list[str]]:
    """The text in pieces: words as they are, and addresses and names of files in the parts in which
    people read them, so that a line may end after an @ or a slash, and before a dot.
    """
    pieces, at = list[list[str]](), 0
    for found in _ADDRESS.finditer(text):
        pieces += [[text[at : found.start()]], _BETWEEN_PARTS.split(found.group())]
        at = found.end()
    return [*pieces, [text[at:]]]


def _authorities() -> list[tuple[str, Authority]]:
    return [(country_name(code), authority) for code, authority in authorities()]
