"""The file that somebody takes along: one ZIP, made while it is sent, kept nowhere.

`index.html` is for reading and `data.json` for machines; each part also is a CSV. A part's rows are
read once: its spreadsheet, its lines of JSON and its long pages wait in memory, compressed, until
the part is whole, so that a copy takes a few megabytes however long its history is.
"""

import csv
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.actor import Actor
from portal.customers.csv_cells import neutralised
from portal.database import reading
from portal.languages import _, current_locale, format_day
from portal.marketing.receipt_documents import receipt_document
from portal.marketing.receipts import every_receipt_about
from portal.notices import texts
from portal.notices.controller import authorities
from portal.notices.kinds import KINDS
from portal.notices.models import Audience
from portal.privacy.copy_contents import (
    LOG,
    About,
    Part,
    Reader,
    kept_besides,
    log_part,
    notices_given,
    parts_of_customer,
    parts_of_person,
    reader_of,
)
from portal.privacy.copy_page import (
    MOST_ON_INDEX,
    ON_A_PAGE,
    Cells,
    Chapter,
    chapter_of,
    index_page,
    notice_page,
    part_page,
)
from portal.privacy.copy_words import cell_words, place_of, rights_of, row_words
from portal.settings import get_settings

FORMAT = "SensorNordic portal, copy of data, version 1"
SCHEMA = Path(__file__).with_name("copy.schema.json")
INDEX, DATA, DATA_SCHEMA = "index.html", "data.json", "data.schema.json"
RECEIPTS, MANIFEST = "receipts.json", "manifest.json"
CHUNK = 32 * 1024
ROWS_IN_A_STEP = 500
_OFFICE = ZoneInfo("Europe/Oslo")
_FOLDERS = {About.PERSON: "you", About.CUSTOMER: "customers"}


@dataclass(frozen=True)
class _Copy:
    """What is to be told, and to whom."""

    reader: Reader
    title: str
    lead: str
    parts: Iterable[Part]
    of_person: bool
    at: datetime


def copy_of_person(actor: Actor, *, now: datetime) -> Iterator[bytes]:
    """Everything about the actor, in the current language, as the bytes of a ZIP.

    The data are read while the caller takes the bytes; closing the iterator ends that.
    """
    with reading() as db:
        reader = reader_of(db, actor)
        copy = _Copy(
            reader,
            title=_("Your data"),
            lead=_("Everything that {company} keeps about {name}, {email}.").format(
                company=get_settings().company_name, name=reader.name, email=reader.person.email
            ),
            parts=_with_log(db, reader, now),
            of_person=True,
            at=now,
        )
        yield from _packed(db, copy)


def record_of_customer(actor: Actor, *, now: datetime) -> Iterator[bytes]:
    """The record of the customer that the actor owns; as `copy_of_person`.

    Raises:
        NotAllowedError: the actor is no owner.
    """
    with reading() as db:
        reader = reader_of(db, actor)
        name = next(
            each.name for each in reader.memberships if each.customer_id == actor.customer_id
        )
        copy = _Copy(
            reader,
            title=_("The record of {customer}").format(customer=name),
            lead=_("What {company} keeps about {customer}, as its owner sees it.").format(
                company=get_settings().company_name, customer=name
            ),
            parts=parts_of_customer(db, reader),
            of_person=False,
            at=now,
        )
        yield from _packed(db, copy)


def _with_log(db: Session, reader: Reader, now: datetime) -> Iterator[Part]:
    yield from parts_of_person(db, reader)
    yield log_part(db, reader, now=now)


def _packed(db: Session, copy: _Copy) -> Iterator[bytes]:
    """The archive's bytes; the first of them come with its first file."""
    archive = _Archive(copy.at)
    begun = False
    for _step in _write(db, copy, archive):
        if archive.waiting > (CHUNK if begun else 0):
            begun = True
            yield archive.take()
    archive.close()
    yield archive.take()


def _write(db: Session, copy: _Copy, archive: "_Archive") -> Iterator[None]:
    """Write every file, in steps that are never long."""
    archive.add(DATA_SCHEMA, [SCHEMA.read_bytes()])
    yield
    chapters: list[tuple[int, Chapter]] = []
    kinds: set[str] = set()
    portable = False
    data = _Pressed()
    data.write(_data_head(copy))
    for part in _not_empty(copy.parts):
        kinds |= {each.kind for each in part.fields}
        portable |= any(each.portable for each in part.fields)
        chapter = chapter_of(part, f"{part.about}-{part.name}")
        data.write(",\n" if chapters else "")
        chapters.append((place_of(part), chapter))
        yield from _write_part(part, chapter, data, archive)
    withheld = kept_besides(copy.reader) if copy.of_person else []
    besides = [kind for kind in withheld if kind not in kinds]
    rights = rights_of(copy.reader, portable=portable) if copy.of_person else ()
    data.write(_data_end(besides, rights))
    archive.add(DATA, data)
    yield
    notices = list(_write_notices(db, copy, archive)) if copy.of_person else []
    yield
    if copy.of_person:
        archive.add(RECEIPTS, _receipts(db, copy.reader))
        yield
    in_order = [chapter for _place, chapter in sorted(chapters, key=lambda each: each[0])]
    archive.add(INDEX, [_index(copy, in_order, besides, notices, rights).encode()])
    yield
    archive.add(MANIFEST, [_json(_manifest(copy, archive)).encode()])


def _not_empty(parts: Iterable[Part]) -> Iterator[Part]:
    """Parts with rows; that nobody looked is worth telling, too."""
    for part in parts:
        rows = iter(part.rows)
        first = list(islice(rows, 1))
        if first or part.name == LOG:
            yield replace(part, rows=chain(first, rows))


def _write_part(
    part: Part, chapter: Chapter, data: "_Pressed", archive: "_Archive"
) -> Iterator[None]:
    """The part's spreadsheet, its pages if it is long, and its lines of `data.json`."""
    table, pages = _Pressed(), list[_Pressed]()
    rows = csv.writer(table)
    table.write("\ufeff")  # says to spreadsheets that it is UTF-8
    rows.writerow(chapter.fields)
    data.write(_json(_part_head(part)).removesuffix("\n}") + ',\n  "rows": [')
    page: list[Cells] = []
    for row in part.rows:
        pairs = list(zip(part.fields, row, strict=True))
        shown = row_words(part.fields, row)
        rows.writerow([neutralised(cell_words(each, value)) for each, value in pairs])
        line = {each.name: value for each, value in pairs}
        data.write(("," if chapter.count else "") + "\n    " + _json(line, indent=None))
        chapter.count += 1
        if chapter.count <= MOST_ON_INDEX:
            chapter.rows.append(shown)
        page.append(shown)
        if len(page) > ON_A_PAGE:
            pages.append(_page(chapter, page[:-1], len(pages) + 1, last=False))
            page = page[-1:]
        if chapter.count % ROWS_IN_A_STEP == 0:
            yield
    data.write("\n  ]\n}")
    if not chapter.count:
        return
    if chapter.count > MOST_ON_INDEX:
        pages.append(_page(chapter, page, len(pages) + 1, last=True))
    chapter.file = f"csv/{_FOLDERS[part.about]}/{part.name}.csv"
    archive.add(chapter.file, table)
    for number, written in enumerate(pages, start=1):
        chapter.pages.append(f"pages/{chapter.code}-{number}.html")
        archive.add(chapter.pages[-1], written)
        yield


def _page(chapter: Chapter, rows: Sequence[Cells], number: int, *, last: bool) -> "_Pressed":
    page = _Pressed()
    page.write(part_page(chapter, rows, number, last=last))
    return page


def _write_notices(db: Session, copy: _Copy, archive: "_Archive") -> Iterator[dict[str, str]]:
    """The full text of each notice that the person was given, as they were given it."""
    for audience, name, locale in notices_given(db, copy.reader):
        version = next(each for each in texts.versions(Audience(audience)) if each.name == name)
        text = texts.text(version, locale)
        file = f"notices/{texts.FOLDERS[version.audience]}-{name}-{locale}.html"
        archive.add(file, [notice_page(version, text, locale).encode()])
        yield {
            "file": file,
            "title": text.title,
            "version": format_day(version.written),
            "locale": locale,
        }


def _receipts(db: Session, reader: Reader) -> Iterator[bytes]:
    yield b"["
    for number, receipt in enumerate(every_receipt_about(db, reader.actor)):
        yield (",\n" if number else "\n").encode() + _json(receipt_document(db, receipt)).encode()
    yield b"\n]\n"


def _index(
    copy: _Copy,
    chapters: Sequence[Chapter],
    besides: Sequence[str],
    notices: Sequence[dict[str, str]],
    rights: Sequence[str],
) -> str:
    sections = [
        ("besides", _("What we keep besides"), besides),
        ("notices", _("Privacy notices, in full"), notices),
        ("rights", _("Your rights"), rights),
        ("complaint", _("If you want to complain"), rights),
        ("files", _("The other files"), True),
    ]
    return index_page(
        title=copy.title,
        lead=copy.lead,
        made_at=copy.at,
        chapters=chapters,
        sections=[(code, words) for code, words, there in sections if there],
        besides=[_(KINDS[kind]) for kind in besides],
        notices=notices,
        rights=rights,
        files=_files(copy),
    )


def _files(copy: _Copy) -> list[tuple[str, str]]:
    own = [(RECEIPTS, _("The record of your choices, in the shape of ISO/IEC TS 27560."))]
    return [
        (DATA, _("The same for machines, to take along to somebody else.")),
        (DATA_SCHEMA, _("What stands where in data.json.")),
        ("csv", _("A table for spreadsheets of each part.")),
        *(own if copy.of_person else []),
        (MANIFEST, _("The SHA-256 of every file, by which a change would show.")),
    ]


def _data_head(copy: _Copy) -> str:
    """The beginning of `data.json`, up to its parts."""
    settings = get_settings()
    head: dict[str, Any] = {
        "format": FORMAT,
        "of": "person" if copy.of_person else "customer",
        "title": copy.title,
        "made_at": copy.at,
        "language": current_locale(),
        "person": {"name": copy.reader.name, "email": copy.reader.person.email},
        "controller": {
            "name": settings.company_name,
            "address": settings.company_address,
            "email": settings.company_email,
            "phone": settings.company_phone,
        },
        "complaints": [{"country": code} | asdict(each) for code, each in authorities()],
        "automated_decisions": "none",
    }
    return _json(head).removesuffix("\n}") + ',\n"parts": [\n'


def _data_end(besides: Sequence[str], rights: Sequence[str]) -> str:
    kinds = {kind: _(KINDS[kind]) for kind in besides}
    return f'\n],\n"kept_besides": {_json(kinds)},\n"rights": {_json(list(rights))}\n}}\n'


def _part_head(part: Part) -> dict[str, Any]:
    fields = [
        {
            "name": each.name,
            "kind": each.kind,
            "purpose": each.entry.purpose.value,
            "bases": {person.value: basis for person, basis in each.bases.items()},
            "source": each.entry.source.value,
            "retention": each.entry.retention.value,
            "recipients": [recipient.value for recipient in each.entry.recipients],
            "portable": each.portable,
        }
        for each in part.fields
    ]
    return {"about": part.about.value, "name": part.name, "fields": fields}


def _manifest(copy: _Copy, archive: "_Archive") -> dict[str, Any]:
    return {"format": FORMAT, "made_at": copy.at, "files": archive.files}


def _json(content: Any, *, indent: int | None = 1) -> str:
    return json.dumps(content, indent=indent, ensure_ascii=False, default=_as_json)


def _as_json(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value)} has no place in a copy")


class _Pressed:
    """Text that waits, compressed. Iterating gives its bytes back, once."""

    def __init__(self) -> None:
        self._press = zlib.compressobj(1)
        self._pieces: list[bytes] = []

    def write(self, text: str) -> None:
        if piece := self._press.compress(text.encode()):
            self._pieces.append(piece)

    def __iter__(self) -> Iterator[bytes]:
        self._pieces.append(self._press.flush())
        unpress = zlib.decompressobj()
        for piece in self._pieces:
            yield unpress.decompress(piece)
        yield unpress.flush()


class _Archive:
    """A ZIP that is written to nowhere: whoever makes it takes its bytes as they come."""

    def __init__(self, at: datetime) -> None:
        self._sink = _Sink()
        self._zip = ZipFile(cast("Any", self._sink), "w")
        self._at = at.astimezone(_OFFICE).timetuple()[:6]
        self.files: list[dict[str, Any]] = []

    def add(self, name: str, content: Iterable[bytes]) -> None:
        """Put a file in, and remember its hash."""
        about = ZipInfo(name, self._at)
        about.compress_type = ZIP_DEFLATED
        about.external_attr = 0o644 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(about, "w") as file:
            for piece in content:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
        self.files.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})

    @property
    def waiting(self) -> int:
        return self._sink.size

    def take(self) -> bytes:
        return self._sink.take()

    def close(self) -> None:
        self._zip.close()


@dataclass
class _Sink:
    """What a ZIP is written to that is sent at once: it can only be appended to."""

    _pieces: list[bytes] = field(default_factory=list)
    size: int = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return taken
