"""Data requests as pages show them."""

from datetime import date
from typing import TypedDict

from portal.privacy.cases import RequestStatus
from portal.privacy.models import RequestKind, Verification
from portal.privacy.request_answers import Case, ListedRequest
from portal.privacy.request_kinds import kind_name
from portal.privacy.requests import OwnRequest
from portal.web.locale import N_, _, format_day, format_number, format_phone, ngettext

_VERIFIED: dict[Verification, str] = {
    Verification.NONE: N_("Not yet: call back"),
    Verification.ACCOUNT: N_("Signed in"),
    Verification.MAIL: N_("By the link in a mail"),
    Verification.CALL_BACK: N_("By calling back"),
}


class OwnRequestRow(TypedDict):
    """One of the reader's own requests. Longer texts are lists of paragraphs."""

    title: str
    status: str
    tone: str
    received: str
    due: str
    words: list[str]
    extension: list[str]
    answered: str
    answer: list[str]


class ListedRow(TypedDict):
    """A request in the leads' list."""

    id: str
    title: str
    who: str
    received: str
    due: str
    tone: str
    to_call_back: bool


class CaseRow(TypedDict):
    """The request that a lead has opened. `months` are those by which it can be put off.

    `restriction` is `no`, `yes` or `ends`; empty where there is nothing to restrict or to end.
    """

    id: str
    title: str
    status: str
    tone: str
    who: str
    customer: str
    email: str
    phone: str
    received: str
    due: str
    verified: str
    to_call_back: bool
    closed: bool
    words: list[str]
    extension: list[str]
    extendable: bool
    answered: str
    answer: list[str]
    restriction: str
    restricted_until: str


def no_case() -> CaseRow:
    """No request is open."""
    return {
        "id": "",
        "title": "",
        "status": "",
        "tone": "plain",
        "who": "",
        "customer": "",
        "email": "",
        "phone": "",
        "received": "",
        "due": "",
        "verified": "",
        "to_call_back": False,
        "closed": False,
        "words": [],
        "extension": [],
        "extendable": False,
        "answered": "",
        "answer": [],
        "restriction": "",
        "restricted_until": "",
    }


def own_row(request: OwnRequest) -> OwnRequestRow:
    return {
        "title": kind_name(request.kind),
        "status": _("Answered") if request.answered_on else _("Waits for our answer"),
        "tone": "fine" if request.answered_on else "waiting",
        "received": format_day(request.received_on),
        "due": format_day(request.due_on),
        "words": _paragraphs(request.words),
        "extension": _paragraphs(request.extension_reason),
        "answered": _day(request.answered_on),
        "answer": _paragraphs(request.answer),
    }


def listed_row(request: ListedRequest) -> ListedRow:
    return {
        "id": str(request.id),
        "title": kind_name(request.kind),
        "who": f"{request.name}, {request.customer}" if request.customer else request.name,
        "received": format_day(request.received_on),
        "due": _due(request),
        "tone": _tone(request),
        "to_call_back": request.status is RequestStatus.TO_CALL_BACK,
    }


def case_row(case: Case) -> CaseRow:
    listed = case.listed
    closed = listed.status is RequestStatus.CLOSED
    return {
        "id": str(listed.id),
        "title": kind_name(listed.kind),
        "status": _due(listed),
        "tone": _tone(listed),
        "who": listed.name,
        "customer": listed.customer,
        "email": case.email,
        "phone": format_phone(case.phone),
        "received": format_day(listed.received_on),
        "due": format_day(listed.due_on),
        "verified": _("No") if closed else _(_VERIFIED[case.verified_by]),
        "to_call_back": listed.status is RequestStatus.TO_CALL_BACK,
        "closed": closed,
        "words": _paragraphs(case.words),
        "extension": _paragraphs(case.extension_reason),
        "extendable": bool(case.further_months) and case.answered_on is None,
        "answered": _day(case.answered_on),
        "answer": _paragraphs(case.answer),
        "restriction": _restriction(case),
        "restricted_until": _day(case.restricted_until),
    }


def _restriction(case: Case) -> str:
    if not case.restricted:
        wanted = case.listed.kind is RequestKind.RESTRICT and case.restricted is not None
        return "no" if wanted else ""
    return "ends" if case.restricted_until else "yes"


def _due(request: ListedRequest) -> str:
    days = request.days_left
    if request.status is RequestStatus.ANSWERED:
        return _("Answered")
    if request.status is RequestStatus.CLOSED:
        return _("Closed, nobody found")
    if days == 0:
        return _("Due today")
    said = (
        ngettext("Due in {count} day", "Due in {count} days", days)
        if days > 0
        else ngettext("Overdue by {count} day", "Overdue by {count} days", -days)
    )
    return said.format(count=format_number(abs(days)))


def _tone(request: ListedRequest) -> str:
    if request.status is RequestStatus.ANSWERED:
        return "fine"
    if request.status is RequestStatus.CLOSED:
        return "plain"
    if request.days_left < 0:
        return "loss"
    return "needs-you" if request.days_left <= 7 else "waiting"


def _day(day: date | None) -> str:
    return format_day(day) if day else ""


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]
