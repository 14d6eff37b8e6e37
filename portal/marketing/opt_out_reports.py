"""What the mailing and SMS tools report back: STOP, complaints, bounces, letters.

One bad address never holds up the others, and the answer tells nothing about who is known here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from portal.actor import Actor
from portal.emails import parse_email
from portal.errors import InvalidValueError
from portal.languages import DEFAULT_LOCALE
from portal.marketing.models import Channel, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from portal.phones import parse_phone
from portal.settings import get_settings

MOST_REPORTS = 500
LONGEST_ADDRESS = 320
Reason = Literal["stop", "complaint", "bounce", "letter"]
_WAYS: dict[Reason, Way] = {
    "stop": Way.STOP,
    "complaint": Way.COMPLAINT,
    "bounce": Way.BOUNCE,
    "letter": Way.LETTER,
}
_WORDS: dict[Way, str] = {
    Way.STOP: "STOP",
    Way.COMPLAINT: "Reported as unwanted",
    Way.BOUNCE: "Returned: no message can go there",
    Way.LETTER: "A letter or call that says no",
}
_ABOUT_EVERYTHING = frozenset({Way.COMPLAINT, Way.BOUNCE})


class OptOutReport(BaseModel):
    """Somebody is to get no more marketing at this address."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["email", "sms"]
    address: str = Field(
        description="an e-mail address, or a phone number, best in E.164 (+4790000101)",
        min_length=1,
        max_length=LONGEST_ADDRESS,
        examples=["kari@nordlys.example"],
    )
    reason: Reason = Field(
        description="stop: the person answered STOP or unsubscribed with you; complaint: they "
        "reported a message as unwanted; bounce: nothing can be delivered for good; letter: they "
        "wrote or called"
    )
    topic: Literal["offers", "information", "status-reports", "surveys"] | None = Field(
        default=None,
        description="what to stop; without one, everything by this channel. A complaint or bounce "
        "is always about everything",
    )


class OptOutReports(BaseModel):
    """Many at once. The good ones are taken whatever the others are like."""

    model_config = ConfigDict(extra="forbid")

    opt_outs: list[OptOutReport] = Field(min_length=1, max_length=MOST_REPORTS)


class RefusedReport(BaseModel):
    """One that could not be used. `index` counts from 0 in the order given."""

    index: int
    error: str = Field(description="such as email-unknown or phone-too-short")
    field: Literal["address"] = "address"


class TakenReports(BaseModel):
    """What became of them. Those taken hold from this moment; taking one twice changes nothing."""

    taken: int
    refused: list[RefusedReport]


def take_reports(
    db: Session, actor: Actor, reports: Sequence[OptOutReport], *, now: datetime
) -> TakenReports:
    """Stop marketing to each of these addresses.

    Raises:
        NotAllowedError: a person reports; only the senders' tools do.
    """
    actor.require_system()
    refused: list[RefusedReport] = []
    known: list[tuple[str, OptOutReport]] = []
    for index, report in enumerate(reports):
        try:
            known.append((_address(report), report))
        except InvalidValueError as error:
            refused.append(RefusedReport(index=index, error=error.code))
    # In the order of addresses, so that two calls at once never wait for each other.
    for address, report in sorted(known, key=lambda each: each[0]):
        way = _WAYS[report.reason]
        about = None if way in _ABOUT_EVERYTHING else report.topic
        opt_out(
            db,
            actor,
            Channel(report.channel),
            address,
            [Topic(about)] if about else None,
            Shown(_WORDS[way], DEFAULT_LOCALE),
            way,
            now=now,
        )
    return TakenReports(taken=len(known), refused=refused)


def _address(report: OptOutReport) -> str:
    if report.channel == Channel.EMAIL:
        return parse_email(report.address)
    return parse_phone(report.address, get_settings().company_country)
