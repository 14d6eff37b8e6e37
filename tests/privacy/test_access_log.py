"""Who looked at whose data: told to the person, in words, without names that are not theirs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from portal.accounts.models import User
from portal.actor import Actor, Role, StaffRole, system
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.audit.viewing import View, note_views, unnoted
from portal.contacts.adding import AddedContact
from portal.contacts.code_words import code_word, set_code_word
from portal.contacts.editing import ContactChanges, edit_contact
from portal.contacts.letters import contact_letter
from portal.contacts.models import CallListEntry
from portal.contacts.moving import move_contact
from portal.contacts.own_alarms import leave, pause
from portal.contacts.removing import remove_contact
from portal.customers.back_office_export import record_export
from portal.customers.company_details import change_company_details
from portal.customers.company_fields import CompanyChanges
from portal.customers.models import Member
from portal.customers.team import change_role, remove_member
from portal.database import transaction
from portal.errors import NotAllowedError
from portal.marketing.models import Topic
from portal.marketing.opt_outs import take_opt_out
from portal.privacy.access_log import (
    EVERYTHING,
    Doers,
    LogEntry,
    LogFilter,
    access_log,
    every_entry,
)
from portal.privacy.log_words import NOT_SHOWN, SHOWN, Kind, not_listed, purpose_in_words
from portal.privacy.models import Deletion, Scope
from tests.contacts.people import (
    Lists,
    account,
    acting,
    add_lists,
    contact_of,
    entry_of,
    named,
    version_of,
)
from tests.customers.files import NORDLYS, take

OFFICE = system("back office")
LATER = timedelta(minutes=5)


@pytest.fixture
def lists(db: Session, clock: datetime) -> Lists:
    return add_lists(db, clock)


def siri(db: Session, now: datetime) -> Actor:
    user = account(db, "siri@support.example", "Siri Dahl", now)
    return Actor(user.id, user.name, "en", staff_role=StaffRole.AGENT, authenticated_at=now)


def ola_on(
    db: Session, lists: Lists, now: datetime, *, site: UUID | None = None, number: int = 104
) -> tuple[Actor, AddedContact]:
    """Ola Berg, on the list of Storgata (or another site), with an account of his own."""
    added = named(db, lists, "Ola Berg", number, now=now, site=site)
    user = db.exec(select(User).where(col(User.email) == "ola@berg.example")).first()
    user = user or account(db, "ola@berg.example", "Ola Berg", now)
    contact = contact_of(db, added)
    contact.user_id = user.id
    db.add(contact)
    db.flush()
    return acting(user, now), added


def log_of(
    db: Session, actor: Actor, now: datetime, of: LogFilter = EVERYTHING, **page: int
) -> list[LogEntry]:
    """What the actor reads, after everything so far was committed."""
    db.commit()
    return access_log(db, actor, of=of, now=now, **page).entries


def told(entries: list[LogEntry]) -> list[tuple[str, str]]:
    return [(entry.what, entry.by) for entry in entries]


# Every event has its words


def test_every_event_is_told_in_words_or_left_out_for_a_reason() -> None:
    assert set(SHOWN) | set(NOT_SHOWN) == set(AuditEvent)
    assert not set(SHOWN) & set(NOT_SHOWN)
    for event, wording in SHOWN.items():
        assert all((wording.what, wording.yours)), event
        assert purpose_in_words(wording.purpose), event
    assert all(NOT_SHOWN.values())


def test_what_is_left_out_is_said() -> None:
    assert any("monitoring station" in words for words in not_listed())


@pytest.mark.parametrize("event", list(AuditEvent))
def test_every_event_of_another_that_has_words_reaches_the_person(
    db: Session, lists: Lists, clock: datetime, event: AuditEvent
) -> None:
    tor = lists.tor
    trail.record(db, event, OFFICE, now=clock, subject=tor.user)
    found = log_of(db, tor, clock)
    assert [entry.event for entry in found] == ([event] if event in SHOWN else [])


# Members


def test_owner_reads_what_colleagues_did_by_name(
    db: Session, lists: Lists, clock: datetime
) -> None:
    note_views(db, lists.tor, [View(AuditEvent.CALL_LIST_SEEN, site=lists.storgata)], now=clock)
    ola = named(db, lists, "Ola Berg", 104, now=clock, actor=lists.tor)
    changes = ContactChanges(
        name="Ola Berg", phone="900 00 199", email="", locale="nb", role="cancel"
    )
    edit_contact(db, lists.tor, ola.entry_id, changes, version=1, now=clock + LATER)
    found = log_of(db, lists.kari, clock + LATER)
    assert told(found) == [
        ("The details of an alarm contact were changed: Ola Berg", "Tor Lie"),
        ("An alarm contact was added: Ola Berg", "Tor Lie"),
        ("A call list was looked at", "Tor Lie"),
    ]
    newest = found[0]
    assert newest.at == clock + LATER
    assert newest.purpose == "monitoring of the alarm"
    assert newest.customer == "Nordlys Bakeri AS"
    assert newest.event is AuditEvent.CONTACT_EDITED


def test_nobody_reads_what_they_did_themselves(db: Session, lists: Lists, clock: datetime) -> None:
    note_views(db, lists.kari, [View(AuditEvent.TEAM_SEEN)], now=clock)
    named(db, lists, "Ola Berg", 104, now=clock)
    assert log_of(db, lists.kari, clock) == []


def test_colleague_reads_that_a_colleague_did_it_and_nothing_of_company_and_roles(
    db: Session, lists: Lists, clock: datetime
) -> None:
    kari, tor = lists.kari, lists.tor
    note_views(db, kari, [View(AuditEvent.COMPANY_SEEN), View(AuditEvent.TEAM_SEEN)], now=clock)
    change_company_details(db, kari, CompanyChanges(city="Oslo"), version=1, now=clock)
    liv = db.exec(select(Member.id).where(col(Member.user_id) == lists.people.liv.user)).one()
    change_role(db, kari, liv, Role.COLLEAGUE.value, now=clock)
    named(db, lists, "Ola Berg", 104, now=clock)
    assert told(log_of(db, tor, clock)) == [
        ("An alarm contact was added: Ola Berg", "A colleague"),
        ("The team was looked at, with its names and emails", "A colleague"),
    ]


def test_change_of_the_own_role_is_told_to_the_member(
    db: Session, lists: Lists, clock: datetime
) -> None:
    tor = db.exec(select(Member.id).where(col(Member.user_id) == lists.tor.user)).one()
    change_role(db, lists.kari, tor, Role.ADMINISTRATOR.value, now=clock)
    assert told(log_of(db, lists.tor, clock)) == [("Your role was changed", "Kari Nordli")]
    assert told(log_of(db, lists.people.liv, clock)) == [
        ("The role of a member was changed: Tor Lie", "Kari Nordli")
    ]
    remove_member(db, lists.kari, tor, now=clock)
    assert told(log_of(db, lists.tor, clock))[0] == (
        "You were taken out of the team",
        "Somebody at a customer you have left",
    )


def test_member_reads_nothing_from_before_they_came(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Ola Berg", 104, now=clock - timedelta(days=1))
    assert log_of(db, lists.tor, clock) == []


def test_contact_s_own_doing_is_told_to_members_by_name(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Eva Lund", 101, now=clock)
    ola, added = ola_on(db, lists, clock)
    entry = entry_of(db, added)
    entry.answer = "accepted"
    db.add(entry)
    day = clock.date()
    pause(db, ola, added.entry_id, first=day, last=day, sure=True, now=clock)
    assert told(log_of(db, lists.tor, clock))[0] == ("An alarm contact takes a break", "Ola Berg")
    leave(db, ola, added.entry_id, reason="", sure=True, now=clock)
    assert told(log_of(db, lists.tor, clock))[0] == (
        "An alarm contact left a call list",
        "An alarm contact",
    )


def test_customers_do_not_read_of_each_other(db: Session, lists: Lists, clock: datetime) -> None:
    note_views(db, lists.tor, [View(AuditEvent.CALL_LIST_SEEN, site=lists.storgata)], now=clock)
    named(db, lists, "Ola Berg", 104, now=clock)
    db.commit()
    assert list(every_entry(db, lists.nils, now=clock)) == []
    assert log_of(db, lists.nils, clock) == []


def test_member_of_two_customers_is_told_for_which(
    db: Session, lists: Lists, clock: datetime
) -> None:
    tor, nils = lists.tor, lists.nils
    db.add(
        Member(
            user_id=tor.user,
            customer_id=nils.customer_id or uuid4(),
            role=Role.ADMINISTRATOR.value,
            created_at=clock,
        )
    )
    db.flush()
    note_views(db, nils, [View(AuditEvent.TEAM_SEEN)], now=clock)
    note_views(db, lists.kari, [View(AuditEvent.TEAM_SEEN)], now=clock)
    found = log_of(db, tor, clock)
    assert [(entry.by, entry.customer) for entry in found] == [
        ("A colleague", "Nordlys Bakeri AS"),
        ("Nils Holm", "Holm Rør ENK"),
    ]


def test_marketing_choices_are_nobody_else_s_business(
    db: Session, lists: Lists, clock: datetime
) -> None:
    take_opt_out(db, siri(db, clock), "tor@nordlys.example", [Topic.OFFERS], locale="en", now=clock)
    assert told(log_of(db, lists.tor, clock)) == [
        ("A choice of yours about marketing was recorded", "SensorNordic support")
    ]
    assert log_of(db, lists.kari, clock) == []


# SensorNordic


def test_staff_is_support_and_never_a_name_even_when_long_gone(
    db: Session, lists: Lists, clock: datetime
) -> None:
    agent = siri(db, clock)
    nordlys = lists.people.nordlys
    view = View(AuditEvent.CUSTOMER_TO_CALL_SEEN, customer=nordlys)
    note_views(db, agent, [view], now=clock)
    trail.record(
        db, AuditEvent.PROFILE_CHANGED, agent, now=clock, subject=lists.kari.user, case="C-1042"
    )
    db.commit()
    db.execute(delete(User).where(col(User.id) == agent.user))
    found = log_of(db, lists.kari, clock)
    assert [(entry.by, entry.case) for entry in found] == [
        ("SensorNordic support", "C-1042"),
        ("SensorNordic support", ""),
    ]
    assert "Siri" not in str(found)


def test_parts_of_sensornordic_are_told_apart(db: Session, lists: Lists, clock: datetime) -> None:
    for name in ("back office", "worker", "mail", "senders", "visitor"):
        trail.record(
            db, AuditEvent.MARKETING_CHOSEN, system(name), now=clock, subject=lists.kari.user
        )
    assert [entry.by for entry in reversed(log_of(db, lists.kari, clock))] == [
        "SensorNordic (our customer register)",
        "SensorNordic (automatic)",
        "SensorNordic (automatic)",
        "SensorNordic (mailings)",
        "Somebody with a link from our mail",
    ]


def test_import_and_export_are_told_to_whom_they_touched(
    db: Session, lists: Lists, clock: datetime
) -> None:
    change_company_details(
        db, lists.people.liv, CompanyChanges(phone="73 00 09 99"), version=1, now=clock
    )
    record_export(db, OFFICE, changed_since=clock, now=clock)
    found = log_of(db, lists.kari, clock)
    assert told(found)[0] == (
        "Your changes of company details and sites were read",
        "SensorNordic (our customer register)",
    )
    take(db, clock + LATER, NORDLYS | {"products": "Fire alarm"})
    assert told(log_of(db, lists.kari, clock + LATER))[0] == (
        "The agreement or the sites were brought up to date",
        "SensorNordic (our customer register)",
    )
    assert log_of(db, lists.nils, clock + LATER) == []


def test_deleted_and_former_colleagues_are_told_apart(
    db: Session, lists: Lists, clock: datetime
) -> None:
    for actor in (lists.tor, lists.people.liv):
        note_views(db, actor, [View(AuditEvent.TEAM_SEEN)], now=clock)
        db.execute(delete(Member).where(col(Member.user_id) == actor.user))
    db.add(
        Deletion(
            scope=Scope.ACCOUNT.value,
            person=trail.pseudonym("user", lists.people.liv.user),
            asked_at=clock,
            due_at=clock,
            erased_at=clock,
        )
    )
    assert [entry.by for entry in log_of(db, lists.kari, clock)] == [
        "Somebody whose account is deleted",
        "A former colleague",
    ]


# Alarm contacts


def test_contact_reads_that_somebody_looked_and_no_name(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Eva Lund", 101, now=clock)
    ola, added = ola_on(db, lists, clock)
    note_views(db, lists.tor, [View(AuditEvent.CALL_LIST_SEEN, site=lists.storgata)], now=clock)
    move_contact(
        db,
        lists.kari,
        added.entry_id,
        to=1,
        version=version_of(db, lists.storgata),
        now=clock,
    )
    somebody = "Somebody at Nordlys Bakeri AS"
    found = log_of(db, ola, clock)
    assert told(found) == [
        ("The order of the call list you are on was changed", somebody),
        ("The call list you are on was looked at", somebody),
        ("You were put on a call list", somebody),
    ]
    for name in ("Kari", "Tor", "Eva"):
        assert name not in str(found)


def test_contact_reads_nothing_of_other_contacts_lists_and_the_company(
    db: Session, lists: Lists, clock: datetime
) -> None:
    kari = lists.kari
    ola, _ = ola_on(db, lists, clock)
    before = log_of(db, ola, clock)
    eva = named(db, lists, "Eva Lund", 101, now=clock)
    set_code_word(db, kari, eva.contact_id, "marsipan", now=clock)
    code_word(db, kari, eva.contact_id, now=clock)
    contact_letter(db, kari, eva.contact_id, now=clock)
    note_views(
        db,
        kari,
        [
            View(AuditEvent.CALL_LIST_SEEN, site=lists.torget),
            View(AuditEvent.COMPANY_SEEN),
            View(AuditEvent.TEAM_SEEN),
        ],
        now=clock,
    )
    change_company_details(db, kari, CompanyChanges(city="Oslo"), version=1, now=clock)
    assert log_of(db, ola, clock) == before


def test_contact_reads_who_saw_the_own_code_word_and_letter(
    db: Session, lists: Lists, clock: datetime
) -> None:
    ola, added = ola_on(db, lists, clock)
    code_word(db, lists.kari, added.contact_id, now=clock)
    contact_letter(db, lists.kari, added.contact_id, now=clock)
    code_word(db, ola, added.contact_id, now=clock)
    assert [entry.what for entry in log_of(db, ola, clock)][:2] == [
        "The printable letter to you was looked at",
        "Your code word was looked at",
    ]


def test_what_was_done_before_the_contact_had_an_account_is_told_to_them(
    db: Session, lists: Lists, clock: datetime
) -> None:
    ola, _ = ola_on(db, lists, clock)
    assert told(log_of(db, ola, clock)) == [
        ("You were put on a call list", "Somebody at Nordlys Bakeri AS")
    ]


def test_contact_of_two_customers_reads_of_both(db: Session, lists: Lists, clock: datetime) -> None:
    ola, _ = ola_on(db, lists, clock)
    nils_s = named(db, lists, "Ola Berg", 104, now=clock, site=lists.holm, actor=lists.nils)
    contact = contact_of(db, nils_s)
    contact.user_id = ola.user
    db.add(contact)
    db.flush()
    note_views(db, lists.nils, [View(AuditEvent.CALL_LIST_SEEN, site=lists.holm)], now=clock)
    found = log_of(db, ola, clock)
    assert (found[0].by, found[0].customer) == ("Somebody at Holm Rør ENK", "Holm Rør ENK")
    assert {entry.customer for entry in found} == {"Holm Rør ENK", "Nordlys Bakeri AS"}


def test_who_is_no_longer_on_the_list_reads_no_more_of_it(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Eva Lund", 101, now=clock)
    ola, added = ola_on(db, lists, clock)
    remove_contact(db, lists.kari, added.entry_id, sure=True, now=clock)
    note_views(db, lists.tor, [View(AuditEvent.CALL_LIST_SEEN, site=lists.storgata)], now=clock)
    assert told(log_of(db, ola, clock)) == [
        ("You were taken off a call list", "Somebody at a customer you have left")
    ]


def test_contact_reads_of_the_list_from_the_day_they_came(
    db: Session, lists: Lists, clock: datetime
) -> None:
    yesterday = clock - timedelta(days=1)
    view = [View(AuditEvent.CALL_LIST_SEEN, site=lists.storgata)]
    note_views(db, lists.kari, view, now=yesterday)
    ola, _ = ola_on(db, lists, clock)
    db.commit()
    assert [entry.event for entry in log_of(db, ola, clock)] == [AuditEvent.CONTACT_ADDED]
    note_views(db, lists.kari, view, now=clock)
    assert log_of(db, ola, clock)[0].event is AuditEvent.CALL_LIST_SEEN


def test_contact_who_is_a_member_elsewhere_keeps_the_two_apart(
    db: Session, lists: Lists, clock: datetime
) -> None:
    """Nils, whom Kari has named: Kari's look at his code word is no business of his customer."""
    nils = lists.nils
    added = named(db, lists, "Nils Holm", 105, now=clock)
    contact = contact_of(db, added)
    contact.user_id = nils.user
    db.add(contact)
    db.flush()
    code_word(db, replace(nils, is_contact=True), added.contact_id, now=clock)
    db.commit()
    seen = select(AuditEntry).where(col(AuditEntry.event) == AuditEvent.CODE_WORD_SEEN.value)
    entry = db.exec(seen).one()
    assert entry.customer == trail.pseudonym("customer", lists.people.nordlys)
    assert told(log_of(db, lists.kari, clock)) == [
        ("The code word of an alarm contact was looked at", "Nils Holm")
    ]


# Filters, pages, time


def test_views_changes_and_by_whom_can_be_read_apart(
    db: Session, lists: Lists, clock: datetime
) -> None:
    kari = lists.kari
    note_views(db, lists.tor, [View(AuditEvent.TEAM_SEEN)], now=clock)
    named(db, lists, "Eva Lund", 101, now=clock, actor=lists.tor)
    trail.record(db, AuditEvent.PROFILE_CHANGED, siri(db, clock), now=clock, subject=kari.user)
    trail.record(db, AuditEvent.SITE_MOVED, system("worker"), now=clock, customer=kari.customer_id)
    trail.record(db, AuditEvent.MARKETING_CHOSEN, system("visitor"), now=clock, subject=kari.user)

    def events(of: LogFilter) -> list[AuditEvent]:
        return [entry.event for entry in log_of(db, kari, clock, of)]

    assert len(events(EVERYTHING)) == 5
    assert events(LogFilter(kind=Kind.VIEW)) == [AuditEvent.TEAM_SEEN]
    assert len(events(LogFilter(kind=Kind.CHANGE))) == 4
    assert events(LogFilter(by=Doers.SENSORNORDIC)) == [
        AuditEvent.SITE_MOVED,
        AuditEvent.PROFILE_CHANGED,
    ]
    assert events(LogFilter(by=Doers.OTHERS)) == [
        AuditEvent.MARKETING_CHOSEN,
        AuditEvent.CONTACT_ADDED,
        AuditEvent.TEAM_SEEN,
    ]
    assert events(LogFilter(kind=Kind.VIEW, by=Doers.SENSORNORDIC)) == []
    assert events(LogFilter(until=clock)) == []
    assert len(events(LogFilter(until=clock + LATER))) == 5


def record_many(db: Session, lists: Lists, count: int, start: datetime) -> None:
    """Entries of three kinds in turn: about Kari, about the customer, and about a list."""
    nordlys = lists.people.nordlys
    for number in range(count):
        now = start + timedelta(seconds=number)
        if number % 3 == 0:
            event, kari = AuditEvent.MARKETING_CHOSEN, lists.kari.user
            trail.record(db, event, OFFICE, now=now, subject=kari, customer=nordlys)
        elif number % 3 == 1:
            trail.record(db, AuditEvent.COMPANY_CHANGED, OFFICE, now=now, customer=nordlys)
        else:
            event, site = AuditEvent.CALL_LIST_REORDERED, lists.storgata
            trail.record(db, event, OFFICE, now=now, site=site, customer=nordlys)
    db.commit()


def test_pages_hold_every_entry_once_and_in_order(
    db: Session, lists: Lists, clock: datetime
) -> None:
    record_many(db, lists, 50, clock)
    now = clock + timedelta(hours=1)
    everything = list(every_entry(db, lists.kari, now=now))
    assert len(everything) == 50
    assert [each.at for each in everything] == sorted(
        (each.at for each in everything), reverse=True
    )
    pages, before = [], None
    while True:
        page = access_log(db, lists.kari, before=before, limit=7, now=now)
        pages += page.entries
        if not page.more:
            break
        before = page.entries[-1].id
    assert pages == everything


def test_what_is_older_than_24_months_is_not_told(
    db: Session, lists: Lists, clock: datetime
) -> None:
    record_many(db, lists, 1, clock)
    for days, left in ((729, 1), (730, 1), (731, 0)):
        now = clock + timedelta(days=days)
        assert len(log_of(db, lists.kari, now)) == left, days
        assert len(list(every_entry(db, lists.kari, now=now))) == left, days


def test_parts_of_sensornordic_have_no_log(db: Session, clock: datetime) -> None:
    with pytest.raises(NotAllowedError):
        access_log(db, OFFICE, now=clock)
    with pytest.raises(NotAllowedError):
        list(every_entry(db, OFFICE, now=clock))


# Views are noted once an hour


def noted(db: Session, event: AuditEvent) -> int:
    db.commit()
    return len(db.exec(select(AuditEntry.id).where(col(AuditEntry.event) == event.value)).all())


def test_same_view_is_noted_once_an_hour(db: Session, lists: Lists, clock: datetime) -> None:
    seen = AuditEvent.CALL_LIST_SEEN
    view = View(seen, site=lists.storgata)
    for minutes, times in ((0, 1), (5, 1), (59, 1), (60, 2), (61, 2)):
        now = clock + timedelta(minutes=minutes)
        note_views(db, lists.kari, unnoted(db, lists.kari, [view], now=now), now=now)
        assert noted(db, seen) == times, minutes


def test_other_things_and_other_people_are_noted_apart(
    db: Session, lists: Lists, clock: datetime
) -> None:
    seen = AuditEvent.CALL_LIST_SEEN
    storgata, torget = View(seen, site=lists.storgata), View(seen, site=lists.torget)
    note_views(db, lists.kari, [storgata], now=clock)
    assert noted(db, seen) == 1
    assert unnoted(db, lists.kari, [storgata, torget, torget], now=clock) == [torget]
    note_views(db, lists.kari, [torget], now=clock)
    note_views(db, lists.tor, [storgata], now=clock)
    note_views(db, lists.kari, [View(AuditEvent.TEAM_SEEN)], now=clock)
    assert (noted(db, seen), noted(db, AuditEvent.TEAM_SEEN)) == (3, 1)


def test_tabs_that_open_at_once_leave_one_entry(database: str, clock: datetime) -> None:
    with transaction() as db:
        lists = add_lists(db, clock)
    seen = [View(AuditEvent.CALL_LIST_SEEN, site=lists.storgata)]

    def look(_tab: int) -> None:
        with transaction() as db:
            note_views(db, lists.kari, seen, now=clock)

    with ThreadPoolExecutor(6) as tabs:
        list(tabs.map(look, range(6)))
    with transaction() as db:
        assert noted(db, AuditEvent.CALL_LIST_SEEN) == 1


def test_letter_is_noted_by_looking_at_it(db: Session, lists: Lists, clock: datetime) -> None:
    eva = named(db, lists, "Eva Lund", 101, now=clock)
    for _ in range(2):
        contact_letter(db, lists.kari, eva.contact_id, now=clock)
        assert noted(db, AuditEvent.CONTACT_LETTER_SEEN) == 1


def test_erased_contact_s_entries_lead_to_nobody(
    db: Session, lists: Lists, clock: datetime
) -> None:
    eva = named(db, lists, "Eva Lund", 101, now=clock, actor=lists.tor)
    db.commit()
    db.execute(delete(CallListEntry).where(col(CallListEntry.id) == eva.entry_id))
    db.delete(contact_of(db, eva))
    assert told(log_of(db, lists.kari, clock)) == [("An alarm contact was added", "Tor Lie")]
    assert trail.verify(db).whole


def test_log_is_read_by_indexes_from_its_newest_entry(
    db: Session, lists: Lists, clock: datetime
) -> None:
    record_many(db, lists, 30, clock)
    sqlite = db.get_bind().dialect.name == "sqlite"
    if not sqlite:
        db.execute(text("SET LOCAL enable_seqscan = off"))
        db.execute(text("SET LOCAL enable_sort = off"))
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    for column in ("subject", "customer"):
        statement = f"SELECT * FROM audit_entries WHERE {column} = 'x' ORDER BY id DESC LIMIT 20"
        plan = str(db.execute(text(explain + statement)).all())
        assert f"ix_audit_entries_{column}_id" in plan, plan
        assert "B-TREE" not in plan, plan
    statement = (
        "SELECT * FROM audit_entries WHERE actor = 'x' AND event = 'y' AND at > '2026-01-01'"
    )
    assert "ix_audit_entries_actor_event_at" in str(db.execute(text(explain + statement)).all())
