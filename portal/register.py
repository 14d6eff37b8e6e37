"""The register of processing activities (GDPR article 30), printed from the data map."""

import csv
import io
import json
from collections.abc import Callable

from jinja2 import Environment

import portal.tables  # noqa: F401 - the data map is what the tables declare
from portal.datamap import register
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

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Register of processing activities – {{ company.company_name }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #11242b }
table { border-collapse: collapse } caption { text-align: left; font-weight: 600 }
th, td { border: 1px solid #dde8e1; padding: .3rem .6rem; text-align: left; vertical-align: top }
th { background: #f7f9f8 }
</style>
</head>
<body>
<h1>Register of processing activities</h1>
<p>Controller: {{ company.company_name }}, {{ company.company_address }},
{{ company.company_email }}, {{ company.company_phone }}.</p>
<table>
<caption>Every stored column, what it is for, and what becomes of it</caption>
<thead><tr>{% for heading in headings %}<th scope="col">{{ heading }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr>{% for heading in headings %}<td>{{ row[heading] }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</body>
</html>
""")


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
        for row in register(get_settings().company_country)
    ]


def as_html() -> str:
    return _PAGE.render(company=get_settings(), headings=_HEADINGS, rows=rows()) + "\n"


def as_json() -> str:
    return json.dumps(rows(), indent=2, ensure_ascii=False) + "\n"


def as_csv() -> str:
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(_HEADINGS)
    writer.writerows([row[heading] for heading in _HEADINGS] for row in rows())
    return output.getvalue()


FORMATS: dict[str, Callable[[], str]] = {"html": as_html, "json": as_json, "csv": as_csv}
