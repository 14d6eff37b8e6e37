"""A new version goes once to everybody concerned, and to alarm contacts only if it must."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from portal.actor import Actor, system
from portal.contacts.concerned import concerned_contacts
from portal.contacts.models import AlarmContact, Answer, CallListEntry
from portal.database import transaction
from portal.jobs import CONCERNED, announce_notices
from portal.mail import outbox
from portal.mail.models import MailState, OutboxMessage
from portal.notices import announcing, giving, texts, versions
from portal.notices.mailed import note_mailed
from portal.notices.models import Audience, Channel, NoticeGiven, PublishedNotice
from portal.notices.texts import Version
from tests.contacts.people import OLA, Lists, account, contact_of, letter_to, named
from tests.customers.together import together

CHANGED = announcing.CHANGED
OFFICE = system("command line")
MEMBERS = [
    "kari@nordlys.example",
    "liv@nordlys.example",
    "nils@holm.example",
    "orjan@akerstrom.example",
    "tor@nordlys.example",
]


def told_of_it(db: Session) -> list[str]:
    rows = db.exec(select(OutboxMessage.recipient).where(col(OutboxMessage.kind) == CHANGED))
    return sorted(rows)


def publish_and_tell(db: Session, now: datetime) -> int:
    versions.publish(db, OFFICE, now=now)
    db.commit()
    return announce_notices(now)


def introduced(
    db: Session,
    lists: Lists,
    now: datetime,
    *,
    site: UUID | None = None,
    actor: Actor | None = None,
) -> CallListEntry:
    """Ola on a list, Kari's or another, who was given the first notice some time ago."""
    added = named(db, lists, "Ola Berg", 104, now=now, email=OLA, site=site, actor=actor)
    contact = contact_of(db, added)
    contact.notice_given_at = now - timedelta(days=90)
    db.add(contact)
    db.flush()
    return db.get_one(CallListEntry, added.entry_id)


def test_every_member_is_written_to_once(db: Session, lists: Lists, clock: datetime) -> None:
    assert publish_and_tell(db, clock) == len(MEMBERS)
    assert told_of_it(db) == MEMBERS
    assert announce_notices(clock + timedelta(hours=1)) == 0
    assert told_of_it(db) == MEMBERS


def test_the_mail_says_what_is_new_from_when_and_where_to_read_it(
    db: Session, lists: Lists, clock: datetime
) -> None:
    publish_and_tell(db, clock)
    letter = letter_to(db, "kari@nordlys.example", CHANGED)
    said = " ".join(letter.text.split())
    assert "From 26 November 2026 a new version of the privacy notice for customers" in said
    assert "http://localhost:3000/en/privacy?version=2026-11-26" in letter.text


def test_the_mail_says_what_is_new_in_every_version_that_nobody_was_told_of(
    db: Session, lists: Lists, clock: datetime
) -> None:
    publish_and_tell(db, clock)
    said = " ".join(letter_to(db, "kari@nordlys.example", CHANGED).text.split())
    first, *later = texts.versions(Audience.CUSTOMER)
    told = [said.index(change) for each in later for change in texts.text(each, "en").changes]
    assert len(told) >= 9
    assert told == sorted(told)
    assert texts.text(first, "en").changes[0] not in said


def test_whoever_has_the_version_is_not_sent_it(db: Session, lists: Lists, clock: datetime) -> None:
    versions.publish(db, OFFICE, now=clock)
    giving.record_given(
        db,
        Audience.CUSTOMER,
        user_id=lists.kari.user,
        locale="en",
        channel=Channel.PORTAL,
        now=clock,
    )
    db.commit()
    announce_notices(clock)
    assert told_of_it(db) == [email for email in MEMBERS if not email.startswith("kari")]


def test_the_proof_is_that_of_the_new_text_in_the_readers_language(
    db: Session, lists: Lists, clock: datetime
) -> None:
    publish_and_tell(db, clock)
    proof = db.exec(select(NoticeGiven).where(col(NoticeGiven.user_id) == lists.kari.user)).one()
    text = texts.text(versions.newest(db, Audience.CUSTOMER), "en")
    assert (proof.version, proof.text_hash) == ("2026-11-26", text.digest)


def test_the_proof_counts_from_the_moment_at_which_the_mail_left(
    db: Session, lists: Lists, clock: datetime
) -> None:
    publish_and_tell(db, clock)
    left = clock + timedelta(minutes=5)
    note_mailed(db, mail_to(db, "kari@nordlys.example"), MailState.SENT, left)
    proof = db.exec(select(NoticeGiven).where(col(NoticeGiven.user_id) == lists.kari.user)).one()
    assert proof.at == left


def test_a_mail_that_comes_back_has_given_nothing(
    db: Session, lists: Lists, clock: datetime
) -> None:
    publish_and_tell(db, clock)
    note_mailed(db, mail_to(db, "kari@nordlys.example"), MailState.GIVEN_UP, clock)
    assert not giving.has_current(db, Audience.CUSTOMER, user_id=lists.kari.user)


def mail_to(db: Session, recipient: str) -> OutboxMessage:
    return db.exec(
        select(OutboxMessage).where(
            col(OutboxMessage.recipient) == recipient, col(OutboxMessage.kind) == CHANGED
        )
    ).one()


def test_a_contact_who_was_told_before_hears_of_it(
    db: Session, lists: Lists, clock: datetime
) -> None:
    introduced(db, lists, clock)
    publish_and_tell(db, clock)
    assert OLA in told_of_it(db)
    letter = letter_to(db, OLA, CHANGED)
    assert "/nb/privacy/alarm-contacts?version=2026-11-26" in letter.text


def test_a_contact_of_two_customers_hears_of_it_once(
    db: Session, lists: Lists, clock: datetime
) -> None:
    introduced(db, lists, clock)
    introduced(db, lists, clock, site=lists.holm, actor=lists.nils)
    publish_and_tell(db, clock)
    assert told_of_it(db).count(OLA) == 1


def test_somebody_who_is_member_and_contact_hears_of_both(
    db: Session, lists: Lists, clock: datetime
) -> None:
    entry = introduced(db, lists, clock, site=lists.holm, actor=lists.nils)
    contact = contact_of_entry(db, entry)
    contact.user_id = lists.tor.user
    db.add(contact)
    publish_and_tell(db, clock)
    assert told_of_it(db).count("tor@nordlys.example") == 2


def contact_of_entry(db: Session, entry: CallListEntry) -> AlarmContact:
    return db.get_one(AlarmContact, entry.contact_id)


@pytest.mark.parametrize("answer", [Answer.DECLINED, Answer.LEFT])
def test_who_said_no_hears_nothing_more(
    db: Session, lists: Lists, clock: datetime, answer: Answer
) -> None:
    entry = introduced(db, lists, clock)
    entry.answer = answer.value
    db.add(entry)
    db.flush()
    assert list(concerned_contacts(db)) == []


def test_who_was_not_introduced_yet_is_not_written_to(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Ola Berg", 104, now=clock, email=OLA)
    assert list(concerned_contacts(db)) == []


def test_an_account_is_written_to_at_its_own_address(
    db: Session, lists: Lists, clock: datetime
) -> None:
    entry = introduced(db, lists, clock)
    contact = contact_of_entry(db, entry)
    contact.user_id = account(db, "new@berg.example", "Ola Berg", clock).id
    db.add(contact)
    db.flush()
    assert [person.email for person in concerned_contacts(db)] == ["new@berg.example"]


@pytest.fixture
def harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """No version for contacts that is to be announced changes more than words."""
    real = texts.versions

    def versions_of(audience: Audience) -> tuple[Version, ...]:
        return tuple(replace(each, changes_processing=False) for each in real(audience))

    monkeypatch.setattr(texts, "versions", versions_of)


@pytest.mark.usefixtures("harmless")
def test_contacts_are_not_written_to_when_only_words_change(
    db: Session, lists: Lists, clock: datetime
) -> None:
    introduced(db, lists, clock)
    publish_and_tell(db, clock)
    assert told_of_it(db) == MEMBERS
    assert not db.exec(
        select(PublishedNotice).where(col(PublishedNotice.announced_at).is_(None))
    ).all()


def test_two_workers_at_once_write_to_everybody_once(
    db: Session, lists: Lists, clock: datetime
) -> None:
    versions.publish(db, OFFICE, now=clock)
    db.commit()
    together(*[lambda _: announce_notices(clock)] * 2)
    db.expire_all()
    assert told_of_it(db) == MEMBERS


def test_a_job_that_was_cut_off_goes_on_where_it_stood(
    db: Session, lists: Lists, clock: datetime
) -> None:
    versions.publish(db, OFFICE, now=clock)
    db.commit()
    published = announcing.to_announce(db)[0]
    people = announcing.concerned_by(db, published, CONCERNED)
    db.commit()
    with transaction() as other:
        assert announcing.tell(other, published, people[:2], now=clock) == 2
    assert announce_notices(clock) == len(MEMBERS) - 2
    assert told_of_it(db) == MEMBERS


def test_only_the_newest_of_two_unheard_versions_is_told(
    db: Session, lists: Lists, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions.publish(db, OFFICE, now=clock)
    newer = add_version(db, monkeypatch, clock)
    db.commit()
    announce_notices(clock)
    given = set(db.exec(select(NoticeGiven.version)))
    assert given == {newer.name}
    assert told_of_it(db) == MEMBERS


def add_version(db: Session, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Version:
    """One more version for customers, with the words of the newest."""
    real = texts.versions
    newest = real(Audience.CUSTOMER)[-1]
    newer = replace(newest, name="2027-01-15")

    def versions_of(audience: Audience) -> tuple[Version, ...]:
        more = (newer,) if audience is Audience.CUSTOMER else ()
        return (*real(audience), *more)

    monkeypatch.setattr(texts, "versions", versions_of)
    versions.publish(db, OFFICE, now=now + timedelta(hours=1))
    return newer


def test_nothing_leaves_if_the_announcement_fails(
    db: Session, lists: Lists, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions.publish(db, OFFICE, now=clock)
    db.commit()
    monkeypatch.setattr(outbox, "post", _broken(outbox.post, after=2))
    with pytest.raises(RuntimeError):
        announce_notices(clock)
    assert told_of_it(db) == []
    assert db.exec(select(NoticeGiven)).all() == []


def _broken(post: Callable[..., object], *, after: int) -> Callable[..., object]:
    calls: list[int] = []

    def failing(*args: object, **values: object) -> object:
        calls.append(1)
        if len(calls) > after:
            raise RuntimeError("the disk is full")
        return post(*args, **values)

    return failing
