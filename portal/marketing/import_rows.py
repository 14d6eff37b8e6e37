"""One row of a file with earlier choices: its columns, and what each cell may hold."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from portal.customers.csv_columns import FileColumns
from portal.customers.import_cells import (
    COUNTRY_LANGUAGES,
    attempt,
    parse_day,
    parse_language,
    parse_yes_or_no,
)
from portal.customers.import_file import Problem, Record
from portal.emails import parse_email
from portal.errors import InvalidValueError
from portal.marketing.models import ALL, Channel, Topic
from portal.marketing.receipts import LONGEST_SOURCE, LONGEST_TEXT
from portal.phones import parse_phone
from portal.text import parse_line

REQUIRED = ("channel", "address", "topic", "choice")
COLUMNS = (
    "channel",
    "address",
    "topic",
    "choice",
    "customer_number",
    "chosen_on",
    "text",
    "language",
    "source",
)
CHOICE_FILE = FileColumns(
    COLUMNS,
    REQUIRED,
    {
        "customer_no": "customer_number",
        "recipient": "address",
        "consent": "choice",
        "date": "chosen_on",
        "wording": "text",
        "locale": "language",
    },
)
_CHANNELS = {
    "email": Channel.EMAIL,
    "e-mail": Channel.EMAIL,
    "mail": Channel.EMAIL,
    "sms": Channel.SMS,
    "text message": Channel.SMS,
}
_TOPICS: dict[str, Topic | None] = {
    **{topic.value: topic for topic in Topic},
    "useful information": Topic.INFORMATION,
    "status reports": Topic.STATUS_REPORTS,
    "satisfaction surveys": Topic.SURVEYS,
    ALL: None,
    "everything": None,
}


@dataclass(frozen=True)
class ImportedChoice:
    """A choice of the file, checked. `topic` is None for all. The rest is what proves a yes, as
    far as the file has it.
    """

    line: int
    channel: Channel
    address: str
    topic: Topic | None
    chosen: bool
    customer_number: str
    chosen_on: date | None
    text: str
    locale: str
    source: str


def read_choice(record: Record, country: str) -> ImportedChoice | list[Problem]:
    """The row's choice, or everything that is wrong with the row.

    In a no, nothing is wrong but what hides whose it is; one about a topic that is not known here
    is about everything. `country` is the customer's:
    a number without a country code is read by it, and words without a language are in its own.
    """
    read: dict[str, Any] = {}
    wrong: dict[str, InvalidValueError] = {}
    cells = record.cells
    attempt(read, wrong, "channel", _parse_channel, cells["channel"])
    attempt(read, wrong, "topic", _parse_topic, cells["topic"])
    attempt(read, wrong, "choice", _parse_choice, cells["choice"])
    if "channel" in read:
        is_email = read["channel"] is Channel.EMAIL
        parse = parse_email if is_email else partial(parse_phone, country=country)
        attempt(read, wrong, "address", parse, cells["address"])
    proof: dict[str, Any] = {"chosen_on": None, "text": "", "source": ""}
    proof["language"] = COUNTRY_LANGUAGES[country]
    unclear: dict[str, InvalidValueError] = {}
    attempt(proof, unclear, "chosen_on", parse_day, cells.get("chosen_on", ""))
    attempt(proof, unclear, "text", _parse_text, cells.get("text", ""))
    attempt(proof, unclear, "source", _parse_source, cells.get("source", ""))
    if cells.get("language"):
        attempt(proof, unclear, "language", parse_language, cells["language"])
    if read.get("choice", True):
        wrong |= unclear
    elif wrong.pop("topic", None):  # whatever it was about, none of it is wanted
        read["topic"] = None
    if wrong:
        return [
            Problem(record.line, column, error.code, error.details)
            for column, error in wrong.items()
        ]
    return ImportedChoice(
        line=record.line,
        channel=read["channel"],
        address=read["address"],
        topic=read["topic"],
        chosen=read["choice"],
        customer_number=cells.get("customer_number", ""),
        chosen_on=proof["chosen_on"],
        text=proof["text"],
        locale=proof["language"],
        source=proof["source"],
    )


def _parse_channel(text: str) -> Channel:
    try:
        return _CHANNELS[text.casefold()]
    except KeyError:
        raise InvalidValueError("channel-unknown") from None


def _parse_topic(text: str) -> Topic | None:
    try:
        return _TOPICS[" ".join(text.casefold().split())]
    except KeyError:
        raise InvalidValueError("topic-unknown") from None


def _parse_choice(text: str) -> bool:
    if not text:
        raise InvalidValueError("choice-required")
    return parse_yes_or_no(text)


def _parse_text(text: str) -> str:
    return parse_line(text, LONGEST_TEXT)


def _parse_source(text: str) -> str:
    return parse_line(text, LONGEST_SOURCE)
