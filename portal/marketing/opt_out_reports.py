"""What the mailing and SMS tools report back: STOP, complaints, bounces, letters.

One bad address never holds up the others, and the answer tells nothing about who is known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor
from portal.emails import parse_email
from portal.errors import InvalidValueError
from portal.languages import DEFAULT_LOCALE
from portal.marketing.models import Channel, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from portal.marketing.suppression import normal_address
from portal.phones import country_of, parse_phone
from portal.text import visible

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

    @property
    def place(self) -> tuple[str, int]:
        """By address, and everything before single topics, which it covers."""
        topic = -1 if self.topic is None else list(Topic).index(self.topic)
        return normal_address(self.channel, self.address), topic


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
    _lock_holders(db, noes)
    for no in sorted(noes, key=lambda each: each.place):
        topics = None if no.topic is None else [no.topic]
        shown = Shown(_WORDS[no.way], DEFAULT_LOCALE)
        opt_out(db, actor, no.channel, no.address, topics, shown, no.way, now=now)
    return TakenReports(taken=len(noes), refused=refused)


def _no(report: OptOutReport) -> _No:
    channel, way = Channel(report.channel), _WAYS[report.reason]
    about_everything = report.topic is None or way in _ABOUT_EVERYTHING
    topic = None if about_everything else Topic(report.topic)
    return _No(channel, _parse_address(channel, report.address), topic, way)


def _parse_address(channel: Channel, written: str) -> str:
    if len(written) > LONGEST_ADDRESS:
        raise InvalidValueError("text-too-long", limit=LONGEST_ADDRESS)
    if channel is Channel.EMAIL:
        return parse_email(written)
    # Without its country a Danish number could stop a Norwegian's messages, and go on itself.
    if not visible(written).lstrip().startswith("+"):
        raise InvalidValueError("phone-without-country")
    return parse_phone(written, country_of(DEFAULT_LOCALE))


def _lock_holders(db: Session, noes: Sequence[_No]) -> None:
    """Let two calls at once take the people whom they share in the same order.

    Neither the order of addresses nor that of the call would do: several people share a phone.
    What comes after, single addresses among it, goes in the order of `_No.place`.
    """
    addresses: dict[Channel, set[str]] = {channel: set() for channel in Channel}
    for no in noes:
        addresses[no.channel].add(normal_address(no.channel, no.address))
    db.execute(
        select(col(User.id))
        .where(
            or_(
                col(User.email).in_(addresses[Channel.EMAIL]),
                col(User.phone).in_(addresses[Channel.SMS]),
            )
        )
        .order_by(col(User.id))
        .with_for_update(key_share=True)
    )
