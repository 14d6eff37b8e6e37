"""The five languages: texts, dates, times and phone numbers in the reader's own form.

English texts are the message ids. The catalogues in `portal/locales/` are read as they stand, so
that there is nothing to compile and nothing compiled to grow stale.
"""

import gettext as stdlib_gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_skeleton, get_datetime_format
from babel.dates import format_time as format_clock
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALES: tuple[str, ...] = ("nb", "en", "sv", "da", "fi")
DEFAULT_LOCALE = "en"
LANGUAGE_NAMES: dict[str, str] = {
    "nb": "Norsk",
    "en": "English",
    "sv": "Svenska",
    "da": "Dansk",
    "fi": "Suomi",
}
# Babel's "en" writes dates as Americans do; the portal's English is British.
_BABEL: dict[str, str] = {"en": "en_GB"}
TIME_ZONES: dict[str, str] = {"fi": "Europe/Helsinki"}
CATALOGUES = Path(__file__).with_name("locales")

_current: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def current_locale() -> str:
    return _current.get()


def set_locale(locale: str) -> None:
    """Texts from here on in this task are in this language."""
    _current.set(locale if locale in LOCALES else DEFAULT_LOCALE)


@contextmanager
def using(locale: str) -> Iterator[None]:
    """Texts in the block are in this language; an unknown one falls back to English."""
    token = _current.set(locale if locale in LOCALES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _current.reset(token)


@lru_cache
def _catalogue(locale: str) -> stdlib_gettext.NullTranslations:
    path = CATALOGUES / locale / "LC_MESSAGES" / "portal.po"
    if not path.exists():
        return stdlib_gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


def _(message: str) -> str:
    """The text in the current language."""
    return _catalogue(_current.get()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The text for this many, in the current language."""
    return _catalogue(_current.get()).ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name
    """Marks a text for translation later, where its language is known."""
    return message


@lru_cache
def _babel_locale(locale: str) -> Locale:
    return Locale.parse(_BABEL.get(locale, locale))


def _babel() -> Locale:
    return _babel_locale(_current.get())


def format_day(day: date) -> str:
    """A day in full, such as `3 March 2027`."""
    return format_date(day, "long", locale=_babel())


def format_month(day: date) -> str:
    """The month of a day, such as `March 2027`."""
    return format_skeleton("yMMMM", day, locale=_babel())


def format_time(instant: datetime, zone: str | None = None) -> str:
    """An instant to the minute, such as `3 Mar 2027, 14:05`, on the reader's clock."""
    local = _on_the_clock(instant, zone)
    day = _medium_day(_current.get(), local.date())
    clock = _short_clock(_current.get(), local.hour, local.minute)
    return _day_and_clock(_current.get()).format(clock, day)


# Long histories hold the same days and minutes again and again, and Babel takes 40 µs for each.
@lru_cache(4096)
def _medium_day(locale: str, day: date) -> str:
    return format_date(day, "medium", locale=_babel_locale(locale))


@lru_cache(4096)
def _short_clock(locale: str, hour: int, minute: int) -> str:
    return format_clock(time(hour, minute), "short", locale=_babel_locale(locale))


@lru_cache
def _day_and_clock(locale: str) -> str:
    return str(get_datetime_format("medium", locale=_babel_locale(locale)))


def iso_time(instant: datetime) -> str:
    """An instant to the minute as spreadsheets read it, such as `2027-03-03 14:05`, on the
    reader's clock.
    """
    return f"{_on_the_clock(instant):%Y-%m-%d %H:%M}"


def format_day_of(instant: datetime) -> str:
    """The day of an instant in full, on the reader's clock."""
    return format_day(_on_the_clock(instant).date())


def start_of_day(day: date) -> datetime:
    """When a day begins on the reader's clock."""
    return datetime(day.year, day.month, day.day, tzinfo=_zone())


def _on_the_clock(instant: datetime, zone: str | None = None) -> datetime:
    return instant.astimezone(ZoneInfo(zone) if zone else _zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(TIME_ZONES.get(_current.get(), "Europe/Oslo"))


def format_number(number: float) -> str:
    return format_decimal(number, locale=_babel())


def format_phone(e164: str) -> str:
    """A number as people write it: `+4773000000` becomes `+47 73 00 00 00`."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164, None)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
