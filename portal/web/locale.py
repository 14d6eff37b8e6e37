"""The languages as pages use them: each page is built once for every locale."""

from portal.languages import (
    DEFAULT_LOCALE,
    LANGUAGE_NAMES,
    LOCALES,
    N_,
    _,
    current_locale,
    format_day,
    format_day_of,
    format_month,
    format_number,
    format_phone,
    format_time,
    ngettext,
    start_of_day,
    using,
)

__all__ = [
    "DEFAULT_LOCALE",
    "LANGUAGE_NAMES",
    "LOCALES",
    "N_",
    "_",
    "current_locale",
    "format_day",
    "format_day_of",
    "format_month",
    "format_number",
    "format_phone",
    "format_time",
    "ngettext",
    "start_of_day",
    "using",
]
