"""The register of processing (GDPR article 30) as files: its activities, and every column.

Files are in English, for operators and for the authority that asks (article 30(4)).
"""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader

import portal.tables  # noqa: F401 - the data map is what the tables declare
from portal.datamap import register
from portal.languages import using
from portal.notices.controller import home_country
from portal.notices.kinds import KINDS
from portal.notices.tables import words_of
from portal.privacy.processing import (
    PERSON_WORDS,
    SECURITY,
    THIRD_COUNTRIES,
    Activity,
    activities,
)
from portal.settings import get_settings

_HEADINGS = (
    "table",
    "column",
    "whose data",
    "purpose",
    "legal basis",
    "kept",
    "recipients",
    "in the person's copy",
    "at erasure",
    "because",
)
_PAGES = Environment(
    loader=PackageLoader("portal", "privacy/templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def rows() -> list[dict[str, str]]:
    """The register, a row for each column of each table."""
    return [
        {
            "table": row.table,
            "column": row.column,
            "whose data": row.entry.subject.value,
            "purpose": row.entry.purpose.value,
            "legal basis": "; ".join(
                f"{person.value}: {basis}" for person, basis in row.bases.items()
            ),
            "kept": row.entry.retention.value,
            "recipients": "; ".join(recipient.value for recipient in row.entry.recipients),
            "in the person's copy": row.entry.export.value,
            "at erasure": row.entry.erasure.value if row.bases else "",
            "because": row.entry.because,
        }
        for row in register(home_country())
    ]


def controller() -> dict[str, str]:
    """Who is responsible, and how to reach them (article 30(1)(a))."""
    settings = get_settings()
    return {
        "name": settings.company_name,
        "address": settings.company_address,
        "country": home_country(),
        "email": settings.company_email,
        "phone": settings.company_phone,
    }


def as_html() -> str:
    page = _PAGES.get_template("register.html.jinja")
    return page.render(headings=_HEADINGS, rows=rows(), **_about_all()) + "\n"


def as_json() -> str:
    return json.dumps(_about_all() | {"columns": rows()}, indent=2, ensure_ascii=False) + "\n"


def as_csv() -> str:
    """The columns alone: activities have no one row."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(_HEADINGS)
    writer.writerows([row[heading] for heading in _HEADINGS] for row in rows())
    return output.getvalue()


def _about_all() -> dict[str, Any]:
    with using("en"):
        return {
            "controller": controller(),
            "third_countries": THIRD_COUNTRIES,
            "security": list(SECURITY),
            "activities": [_activity(each) for each in activities()],
        }


def _activity(activity: Activity) -> dict[str, Any]:
    return {
        "purpose": activity.purpose.value,
        "purpose in words": words_of(activity.purpose),
        "data subjects": [PERSON_WORDS[person] for person in activity.persons],
        "legal basis": {person.value: bases for person, bases in activity.bases.items()},
        "data": [KINDS[kind] for kind in activity.kinds],
        "recipients": [recipient.value for recipient in activity.recipients],
        "kept": {
            retention.value: [KINDS[kind] for kind in kinds]
            for retention, kinds in activity.kept.items()
        },
    }


FORMATS: dict[str, Callable[[], str]] = {"html": as_html, "json": as_json, "csv": as_csv}
