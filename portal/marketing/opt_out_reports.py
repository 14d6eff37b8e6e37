"""What the mailing and SMS tools report back: STOP, complaints, bounces, letters.

One bad address never holds up the others, and the answer tells nothing about who is known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlmodel import Session

from portal.actor import Actor
from portal.errors import InvalidValueError
from portal.languages import DEFAULT_LOCALE
from portal.marketing.models import Channel, Topic, Way
from portal.marketing.opt_outs import lock_in_order, opt_out, parse_address, place_of
from portal.marketing.receipts import Shown

MOST_REPORTS = 250  # so that a body stays below 64 kB, also with indents
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


class OptOutReport(BaseModel, extra="forbid", strict=True):
    """Somebody is to get no more marketing at this address."""

    channel: Literal["email", "sms"]
    address: str = Field(
        description="an e-mail address, or a phone number in E.164 (+4790000101)",
        examples=["kari@nordlys.example", "+4790000101"],
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


class OptOutReports(BaseModel, extra="forbid", strict=True):
    """Many at once. An address that cannot be used holds up no other."""

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


@dataclass(frozen=True)
class _No:
    """A report whose address can be used."""

    channel: Channel
    address: str
    topic: Topic | None
    way: Way


def take_reports(
    db: Session, actor: Actor, reports: Sequence[OptOutReport], *, now: datetime
) -> TakenReports:
    """Stop marketing to each of these addresses.

    Raises:
        NotAllowedError: a person reports; only the senders' tools do.
    """
    actor.require_system()
    refused: list[RefusedReport] = []
    noes: list[_No] = []
    for index, report in enumerate(reports):
        try:
            noes.append(_no(report))
        except InvalidValueError as error:
            refused.append(RefusedReport(index=index, error=error.code))
    lock_in_order(db, [(no.channel, no.address) for no in noes])
    for no in sorted(noes, key=lambda each: place_of(each.channel, each.address, each.topic)):
        topics = None if no.topic is None else [no.topic]
        shown = Shown(_WORDS[no.way], DEFAULT_LOCALE)
        opt_out(db, actor, no.channel, no.address, topics, shown, no.way, now=now)
    return TakenReports(taken=len(noes), refused=refused)


def _no(report: OptOutReport) -> _No:
    channel, way = Channel(report.channel), _WAYS[report.reason]
    about_everything = report.topic is None or way in _ABOUT_EVERYTHING
    topic = None if about_everything else Topic(report.topic)
    return _No(channel, parse_address(channel, report.address), topic, way)
