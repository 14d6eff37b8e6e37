"""A no goes along with its person to every new address; a bounce stays with the mailbox."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.profile import ProfileChanges, change_profile
from portal.accounts.users import Addresses, tell_address_changed
from portal.actor import Actor, system
from portal.marketing import moved_addresses  # noqa: F401 - takes noes along
from portal.marketing.choices import stop_everything
from portal.marketing.models import Channel, MarketingReceipt, Suppression, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from portal.marketing.suppression import address_hash, blocked, suppress, suppressions_of
from tests.customers.people import People
from tests.marketing.conftest import choose, written_to

KARI, NEW = "kari@nordlys.example", "kari@ny.example"
PHONE, NEW_PHONE = "+4790000101", "+4790000102"
SENDER = system("sender")


def no(db: Session, now: datetime, way: Way, *topics: Topic, address: str = KARI) -> bool:
    shown = Shown("no", "en")
    return opt_out(db, SENDER, Channel.EMAIL, address, topics or None, shown, way, now=now)


def refused(db: Session, address: str, channel: Channel = Channel.EMAIL) -> dict[Topic, Way]:
    found = suppressions_of(db, channel, address)
    return {topic: each.way for topic, each in found.items()}


def move(db: Session, actor: Actor, email: str) -> None:
    user = db.get_one(User, actor.user)
    before = Addresses(user.email, user.phone)
    user.email = email
    db.add(user)
    db.flush()
    tell_address_changed(db, before, user)


def gets(db: Session, actor: Actor, phone: str, now: datetime) -> None:
    change_profile(db, actor, ProfileChanges("Kari Nordli", phone, "en"), now=now)


# Bounces


def test_bounce_stays_with_its_mailbox(db: Session, people: People, clock: datetime) -> None:
    no(db, clock, Way.BOUNCE)
    move(db, people.kari, NEW)
    assert refused(db, KARI) == dict.fromkeys(Topic, Way.BOUNCE)
    assert refused(db, NEW) == {}


@pytest.mark.parametrize("first", ["the no", "the bounce"])
def test_no_goes_along_although_the_mailbox_bounced(
    db: Session, people: People, clock: datetime, first: str
) -> None:
    if first == "the bounce":
        no(db, clock, Way.BOUNCE)
    assert no(db, clock, Way.ONE_CLICK, Topic.OFFERS)
    no(db, clock, Way.BOUNCE)
    assert refused(db, KARI) == dict.fromkeys(Topic, Way.BOUNCE) | {Topic.OFFERS: Way.ONE_CLICK}
    move(db, people.kari, NEW)
    assert refused(db, NEW) == {Topic.OFFERS: Way.ONE_CLICK}


def test_whoever_stops_everything_after_a_bounce_has_a_receipt_of_it(
    db: Session, people: People, clock: datetime
) -> None:
    no(db, clock, Way.BOUNCE)
    assert stop_everything(db, people.kari, locale="en", now=clock + timedelta(days=1))
    assert refused(db, KARI) == dict.fromkeys(Topic, Way.PORTAL)
    assert not no(db, clock, Way.BOUNCE), "everything is refused already, and by word"
    move(db, people.kari, NEW)
    assert refused(db, NEW) == dict.fromkeys(Topic, Way.PORTAL)
    ways = db.exec(select(MarketingReceipt.way).order_by(col(MarketingReceipt.at))).all()
    assert list(ways) == ["bounce", "portal"]


def test_yes_after_a_bounce_opens_its_topic_alone(
    db: Session, people: People, clock: datetime
) -> None:
    no(db, clock, Way.ONE_CLICK, Topic.SURVEYS)
    no(db, clock, Way.BOUNCE)
    choose(db, people.kari, clock, offers_email=True)
    assert written_to(db, clock) == [KARI]
    assert refused(db, KARI) == {
        Topic.INFORMATION: Way.BOUNCE,
        Topic.STATUS_REPORTS: Way.BOUNCE,
        Topic.SURVEYS: Way.ONE_CLICK,
    }


@pytest.mark.parametrize("first", [Way.BOUNCE, Way.ONE_CLICK])
@pytest.mark.parametrize("second", [Way.BOUNCE, Way.COMPLAINT])
def test_everything_leaves_one_row_that_stands_for_all_it_covers(
    db: Session, clock: datetime, first: Way, second: Way
) -> None:
    for topic in Topic:
        assert suppress(db, Channel.EMAIL, KARI, topic, first, now=clock)
        assert not suppress(db, Channel.EMAIL, KARI, topic, first, now=clock)
    assert suppress(db, Channel.EMAIL, KARI, None, second, now=clock)
    assert not suppress(db, Channel.EMAIL, KARI, None, second, now=clock)
    rows = {(row.topic, row.way) for row in db.exec(select(Suppression))}
    stays = {(topic.value, first.value) for topic in Topic}
    word_before_a_bounce = (first, second) == (Way.ONE_CLICK, Way.BOUNCE)
    assert rows == {("all", second.value)} | (stays if word_before_a_bounce else set())


# New numbers


def test_no_holds_for_a_number_that_was_given_after_it(
    db: Session, people: People, clock: datetime
) -> None:
    """Kari stops everything before we know her number, and is erased later."""
    stop_everything(db, people.kari, locale="en", now=clock)
    gets(db, people.kari, PHONE, clock)
    db.execute(delete(User).where(col(User.id) == people.kari.user))
    assert refused(db, PHONE, Channel.SMS) == dict.fromkeys(Topic, Way.PORTAL)
    rows = db.exec(select(Suppression).where(col(Suppression.channel) == "sms")).all()
    assert [row.topic for row in rows] == ["all"], "topics that come later among it"


def test_no_goes_along_although_there_was_no_number_for_a_while(
    db: Session, people: People, clock: datetime
) -> None:
    gets(db, people.kari, PHONE, clock)
    choose(db, people.kari, clock, offers_sms=False)
    gets(db, people.kari, "", clock)
    gets(db, people.kari, NEW_PHONE, clock)
    assert refused(db, NEW_PHONE, Channel.SMS) == {Topic.OFFERS: Way.PORTAL}


@pytest.mark.parametrize("by", ["a bounce", "a bounce and a neighbour"])
def test_no_goes_along_although_the_number_was_stopped_before(
    db: Session, people: People, clock: datetime, by: str
) -> None:
    for actor in (people.kari, people.tor):
        gets(db, actor, PHONE, clock)
    shown = Shown("Returned", "en")
    opt_out(db, SENDER, Channel.SMS, PHONE, None, shown, Way.BOUNCE, now=clock)
    if by == "a bounce and a neighbour":
        choose(db, people.tor, clock, offers_sms=False)
    else:
        gets(db, people.kari, "", clock)
    assert choose(db, people.kari, clock, offers_sms=False) == 1
    assert choose(db, people.kari, clock, offers_sms=False) == 0
    gets(db, people.kari, "", clock)
    gets(db, people.kari, NEW_PHONE, clock)
    assert refused(db, NEW_PHONE, Channel.SMS) == {Topic.OFFERS: Way.PORTAL}


def test_what_was_allowed_again_goes_along_as_allowed(
    db: Session, people: People, clock: datetime
) -> None:
    stop_everything(db, people.kari, locale="en", now=clock)
    choose(db, people.kari, clock + timedelta(hours=1), offers_sms=True)
    gets(db, people.kari, PHONE, clock)
    others = [topic for topic in Topic if topic is not Topic.OFFERS]
    assert refused(db, PHONE, Channel.SMS) == dict.fromkeys(others, Way.PORTAL)
    assert written_to(db, clock, Topic.OFFERS, Channel.SMS) == [PHONE]


def test_whoever_said_nothing_brings_nothing_along(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=False)
    gets(db, people.kari, PHONE, clock)
    assert refused(db, PHONE, Channel.SMS) == {}, "a no to mail is none to messages"
    choose(db, people.tor, clock, offers_sms=False)
    move(db, people.kari, NEW)
    assert refused(db, NEW) == {Topic.OFFERS: Way.PORTAL}


# Comparing


def test_addresses_are_compared_without_regard_to_case(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    assert no(db, clock, Way.COMPLAINT, address=f" {KARI.upper()} ")
    assert not no(db, clock, Way.COMPLAINT, address="Kari@Nordlys.Example")
    assert written_to(db, clock) == []
    hashes = {address_hash(Channel.EMAIL, each) for each in (KARI, KARI.upper(), f" {KARI}\n")}
    assert len(hashes) == 1
    assert blocked(db, Channel.EMAIL, hashes, Topic.OFFERS) == hashes


def test_same_address_by_another_channel_is_another_one(db: Session, clock: datetime) -> None:
    suppress(db, Channel.SMS, PHONE, None, Way.STOP, now=clock)
    assert refused(db, PHONE, Channel.SMS) == dict.fromkeys(Topic, Way.STOP)
    assert refused(db, PHONE, Channel.EMAIL) == {}
