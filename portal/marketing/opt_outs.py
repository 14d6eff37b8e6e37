"""A no that comes by an address: from a mail's link or header, STOP by SMS, a complaint, a bounce.

Whose address it is need not be known. Nobody who brings a no learns whether anybody has it.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor
from portal.batches import in_batches
from portal.emails import parse_email
from portal.errors import InvalidFieldsError, InvalidValueError, NotFoundError, PortalError
from portal.languages import DEFAULT_LOCALE, _, using
from portal.marketing import suppression
from portal.marketing.choices import lock_person, say_no
from portal.marketing.models import Channel, Decision, Topic, Way
from portal.marketing.receipts import Answer, Shown, Subject, write_receipt
from portal.marketing.wordings import topic_name
from portal.phones import country_of, parse_phone
from portal.text import visible

LONGEST_ADDRESS = 320


def opt_out(
    db: Session,
    actor: Actor,
    channel: Channel,
    address: str,
    topics: Sequence[Topic] | None,
    shown: Shown,
    way: Way,
    *,
    now: datetime,
    source: str = "",
) -> bool:
    """Stop marketing to an address about these topics, or about everything (None).

    It holds at once, for everybody who has the address and for the address itself. Twice is once:
    False if all of that was so before.

    Args:
        db: a transaction.
        actor: who brings the no.
        channel: how the address is written to.
        address: an e-mail address, or a number in E.164.
        topics: what to stop; None for everything, topics that come later among it.
        shown: what the person saw when they said no.
        way: how the no came.
        now: the time of saying it.
        source: whose records it comes from, for an import.
    """
    # In one order, so that two at once never wait for each other.
    each = [None] if topics is None else [topic for topic in Topic if topic in topics]
    answers = [Answer(Decision.NO, topic, channel, source=source) for topic in each]
    holders = _lock_holders(db, channel, address)
    if not holders:
        return _suppress_unknown(db, actor, channel, address, answers, shown, way, now)
    done = [
        say_no(db, actor, holder, answer, shown, way, now=now)
        for holder in holders
        for answer in answers
    ]
    for answer in answers:  # its holder may have got another one at this moment
        suppression.suppress(db, channel, address, answer.topic, way, now=now)
    return any(done)


def take_opt_out(
    db: Session,
    actor: Actor,
    address: str,
    topics: Sequence[Topic] | None,
    *,
    locale: str,
    now: datetime,
) -> Channel:
    """Enter a no that came to support by letter or telephone; says by which channel it holds.

    The answer is the same whether or not anybody has the address.

    Args:
        db: a transaction.
        actor: support staff.
        address: an e-mail address or a phone number, as it was written.
        topics: what to stop; None for everything.
        locale: the language in which the clerk reads the page.
        now: the time of entering it.

    Raises:
        NotAllowedError: the actor is not support staff.
        InvalidFieldsError: `address` (`address-or-number`, or what is wrong with it) or `topics`
            (`topics-required`).
    """
    actor.require_staff()
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    known, wrong = "", dict[str, PortalError]()
    try:
        if not address.strip():
            raise InvalidValueError("address-or-number")
        known = parse_address(channel, address)
    except InvalidValueError as error:
        wrong["address"] = error
    if topics is not None and not topics:
        wrong["topics"] = InvalidValueError("topics-required")
    if wrong:
        raise InvalidFieldsError(wrong)
    with using(locale):
        named = [topic_name(each) for each in topics] if topics else [_("Everything")]
        shown = Shown(", ".join(named), locale)
    opt_out(db, actor, channel, known, topics, shown, Way.LETTER, now=now)
    return channel


def parse_address(channel: Channel, written: str) -> str:
    """The address as it is kept.

    Raises:
        InvalidValueError: `text-too-long`, `phone-without-country`, or what else is wrong with it.
    """
    if len(written) > LONGEST_ADDRESS:
        raise InvalidValueError("text-too-long", limit=LONGEST_ADDRESS)
    if channel is Channel.EMAIL:
        return parse_email(written)
    # Without its country a Danish number could stop a Norwegian's messages, and go on itself.
    if not visible(written).lstrip().startswith("+"):
        raise InvalidValueError("phone-without-country")
    return parse_phone(written, country_of(DEFAULT_LOCALE))


def lock_in_order(db: Session, addresses: Collection[tuple[Channel, str]]) -> None:
    """Let two at once who bring many noes take the people whom they share in the same order.

    The order of addresses would not do: several people share a phone, and one has two addresses.
    """
    ids: set[UUID] = set()
    for channel in Channel:
        column = col(User.email) if channel is Channel.EMAIL else col(User.phone)
        known = {suppression.normal_address(by, each) for by, each in addresses if by is channel}
        for some in in_batches(sorted(known)):
            ids.update(db.execute(select(col(User.id)).where(column.in_(some))).scalars())
    for some in in_batches(sorted(ids)):
        people = select(col(User.id)).where(col(User.id).in_(some)).order_by(col(User.id))
        db.execute(people.with_for_update(key_share=True))


def place_of(channel: Channel, address: str, topic: Topic | None) -> tuple[str, int]:
    """In which order many noes are taken, so that two at once write suppressions in the same one:
    by address, and everything before single topics, which it covers.
    """
    return suppression.normal_address(channel, address), [None, *Topic].index(topic)


def _lock_holders(db: Session, channel: Channel, address: str) -> list[User]:
    """Whoever has the address; an account that is erased at this moment is none any more."""
    holders: list[User] = []
    for user_id in holders_of(db, channel, address):
        with suppress(NotFoundError):
            holders.append(lock_person(db, user_id))
    return holders


def _suppress_unknown(
    db: Session,
    actor: Actor,
    channel: Channel,
    address: str,
    answers: Sequence[Answer],
    shown: Shown,
    way: Way,
    now: datetime,
) -> bool:
    subject = Subject(address_hash=suppression.address_hash(channel, address))
    new = False
    for answer in answers:
        if suppression.suppress(db, channel, address, answer.topic, way, now=now):
            write_receipt(db, actor, subject, answer, shown, way, now=now)
            new = True
    return new


def holders_of(db: Session, channel: Channel, address: str) -> Sequence[UUID]:
    """Everybody with an account who has the address: several people may share a phone."""
    known = suppression.normal_address(channel, address)
    column = col(User.email) if channel is Channel.EMAIL else col(User.phone)
    found = select(col(User.id)).where(column == known).order_by(col(User.id))
    return db.execute(found).scalars().all()
