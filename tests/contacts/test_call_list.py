"""The call list: who stands on it, in which order, and that it is never silently too short."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from portal.actor import Actor, StaffRole
from portal.contacts.adding import AddedContact, a_month_after, add_contact, add_known_contact
from portal.contacts.code_words import code_word, set_code_word
from portal.contacts.contact_fields import Place
from portal.contacts.editing import ContactChanges, edit_contact
from portal.contacts.history import contact_history
from portal.contacts.lists import call_list, known_contacts, site_lines, state_of_choices
from portal.contacts.models import AlarmContact, Answer, ContactEvent
from portal.contacts.moving import NothingToUndoError, move_contact, undo_move
from portal.contacts.own_alarms import pause
from portal.contacts.removing import LastContactError, removal, remove_contact
from portal.contacts.standing import ContactStatus
from portal.customers.sites import rename_site
from portal.errors import (
    ChangedMeanwhileError,
    InvalidFieldsError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    RecentSignInRequiredError,
)
from tests.contacts.people import (
    OLA,
    Lists,
    account,
    acting,
    contact_of,
    entry_of,
    kinds_to,
    long_ago,
    named,
    new_contact,
    order_of,
    version_of,
)


@pytest.fixture
def three(db: Session, lists: Lists, clock: datetime) -> list[AddedContact]:
    return [
        named(db, lists, name, number, now=clock)
        for number, name in ((104, "Ola Berg"), (105, "Berit Aas"), (106, "Lars Vik"))
    ]


def wrong(error: InvalidFieldsError) -> dict[str, str]:
    return {field: problem.code for field, problem in error.fields.items()}


# Adding


def test_new_contact_stands_at_the_end_and_can_be_called(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    view = call_list(db, lists.kari, lists.storgata, now=clock)
    assert [person.name for person in view.people] == ["Ola Berg", "Berit Aas", "Lars Vik"]
    assert [person.number for person in view.people] == [1, 2, 3]
    assert view.reachable == 3
    assert {person.status for person in view.people} == {ContactStatus.NO_EMAIL}
    assert view.people[0].phone == "+4790000104"


def test_colleague_may_add_alarm_contacts(db: Session, lists: Lists, clock: datetime) -> None:
    named(db, lists, "Ola Berg", 104, actor=lists.tor, now=clock)
    assert order_of(db, lists.storgata) == ["Ola Berg"]


def test_everything_wrong_is_told_at_once(db: Session, lists: Lists, clock: datetime) -> None:
    typed = new_contact(
        " ",
        "12",
        email="ola@",
        locale="xx",
        role="king",
        told=False,
        valid_from=date(2027, 2, 1),
        valid_until=date(2027, 1, 1),
    )
    with pytest.raises(InvalidFieldsError) as refused:
        add_contact(db, lists.kari, lists.storgata, typed, now=clock)
    assert wrong(refused.value) == {
        "name": "name-required",
        "phone": "phone-too-short",
        "email": "email-unknown",
        "locale": "language-unknown",
        "role": "role-required",
        "told": "told-required",
        "valid_until": "dates-reversed",
    }
    assert db.exec(select(AlarmContact)).all() == []


def test_confirmation_of_having_told_the_person_is_kept_as_it_was_worded(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    ola = contact_of(db, three[0])
    assert (ola.told_at, ola.told_by) == (clock, lists.kari.user_id)
    assert ola.told_words == new_contact().told_words


def test_number_that_is_on_the_list_is_noticed_unless_two_people_share_it(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    with pytest.raises(InvalidFieldsError) as refused:
        named(db, lists, "Per Berg", 104, now=clock)
    assert wrong(refused.value) == {"phone": "phone-on-list"}
    assert refused.value.fields["phone"].details == {"name": "Ola Berg"}
    named(db, lists, "Per Berg", 104, same_phone=True, now=clock)
    assert order_of(db, lists.storgata)[-1] == "Per Berg"


def test_number_of_a_contact_at_another_site_is_noticed(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    with pytest.raises(InvalidFieldsError) as refused:
        named(db, lists, "Ola B.", 104, site=lists.torget, now=clock)
    assert wrong(refused.value) == {"phone": "phone-known"}


def test_number_of_another_customers_contact_is_nobodys_business(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    named(db, lists, "Ola Berg", 104, site=lists.holm, actor=lists.nils, now=clock)


def test_known_person_comes_along_to_another_site(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    known = known_contacts(db, lists.kari, lists.torget)
    assert [each.name for each in known] == ["Berit Aas", "Lars Vik", "Ola Berg"]
    place = Place(role="cancel")
    add_known_contact(db, lists.kari, lists.torget, three[0].contact_id, place, now=clock)
    assert order_of(db, lists.torget) == ["Ola Berg"]
    assert "Ola Berg" not in {each.name for each in known_contacts(db, lists.kari, lists.torget)}


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 12, 23, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC)),
    ],
)
def test_month_to_tell_a_contact_ends_on_the_same_day_or_the_last(
    day: datetime, due: datetime
) -> None:
    assert a_month_after(day) == due


# The order


def test_moving_somebody_up_moves_the_others_down(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    seen = version_of(db, lists.storgata)
    new = move_contact(db, lists.kari, three[2].entry_id, to=1, version=seen, now=clock)
    assert order_of(db, lists.storgata) == ["Lars Vik", "Ola Berg", "Berit Aas"]
    assert new > seen


def test_last_move_can_be_undone_once(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    seen = version_of(db, lists.storgata)
    new = move_contact(db, lists.kari, three[2].entry_id, to=1, version=seen, now=clock)
    new = undo_move(db, lists.kari, lists.storgata, version=new, now=clock)
    assert order_of(db, lists.storgata) == ["Ola Berg", "Berit Aas", "Lars Vik"]
    with pytest.raises(NothingToUndoError):
        undo_move(db, lists.kari, lists.storgata, version=new, now=clock)


def test_two_who_reorder_end_with_one_list_and_a_word_about_the_other(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    seen = version_of(db, lists.storgata)
    move_contact(db, lists.tor, three[1].entry_id, to=1, version=seen, now=clock)
    with pytest.raises(ChangedMeanwhileError) as refused:
        move_contact(db, lists.kari, three[2].entry_id, to=1, version=seen, now=clock)
    assert refused.value.details["name"] == "Tor Lie"
    assert order_of(db, lists.storgata) == ["Berit Aas", "Ola Berg", "Lars Vik"]


# Editing


def changes(**values: object) -> ContactChanges:
    ordinary: dict[str, object] = {
        "name": "Ola Berg",
        "phone": "+47 900 00 104",
        "locale": "nb",
        "role": "decide",
    }
    return ContactChanges(**(ordinary | values))  # pyright: ignore[reportArgumentType]


def test_saving_what_is_the_same_leaves_no_trace(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    seen = version_of(db, lists.storgata)
    edit_contact(db, lists.kari, three[0].entry_id, changes(), version=1, now=clock)
    assert version_of(db, lists.storgata) == seen


def test_second_of_two_editors_is_told(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    edit = changes(relation="Neighbour")
    edit_contact(db, lists.tor, three[0].entry_id, edit, version=1, now=clock)
    with pytest.raises(ChangedMeanwhileError):
        edit_contact(db, lists.kari, three[0].entry_id, changes(name="O"), version=1, now=clock)
    assert contact_of(db, three[0]).name == "Ola Berg"


def test_email_that_is_added_later_invites(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    edit_contact(db, lists.kari, three[0].entry_id, changes(email=OLA), version=1, now=clock)
    assert kinds_to(db, OLA) == ["contact-invitation"]
    view = call_list(db, lists.kari, lists.storgata, now=clock)
    assert view.people[0].status is ContactStatus.INVITED


# Removing


def test_removing_one_of_three_leaves_two_and_forgets_the_person(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    asked = removal(db, lists.kari, three[1].entry_id, now=clock)
    assert (asked.name, asked.reachable_after, asked.needed) == ("Berit Aas", 2, 2)
    remove_contact(db, lists.kari, three[1].entry_id, sure=False, now=clock)
    assert order_of(db, lists.storgata) == ["Ola Berg", "Lars Vik"]
    assert db.get(AlarmContact, three[1].contact_id) is None
    newest = contact_history(db, lists.kari)[0]
    assert (newest.event, newest.contact) == (ContactEvent.REMOVED, "Berit Aas")


def test_last_reachable_contact_cannot_vanish_without_an_explicit_yes(
    db: Session, lists: Lists, clock: datetime
) -> None:
    ola = named(db, lists, "Ola Berg", 104, now=clock)
    past = clock.date() - timedelta(days=1)
    named(db, lists, "Berit Aas", 105, valid_until=past, now=clock)
    with pytest.raises(LastContactError):
        remove_contact(db, lists.kari, ola.entry_id, sure=False, now=clock)
    assert order_of(db, lists.storgata) == ["Ola Berg", "Berit Aas"]
    remove_contact(db, lists.kari, ola.entry_id, sure=True, now=clock)
    assert order_of(db, lists.storgata) == ["Berit Aas"]


def test_removing_whoever_cannot_be_called_anyway_asks_nothing(
    db: Session, lists: Lists, clock: datetime
) -> None:
    past = clock.date() - timedelta(days=1)
    berit = named(db, lists, "Berit Aas", 105, valid_until=past, now=clock)
    remove_contact(db, lists.kari, berit.entry_id, sure=False, now=clock)
    assert order_of(db, lists.storgata) == []


# Code words


def test_code_word_is_encrypted_and_shown_only_after_a_recent_sign_in(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    ola = three[0].contact_id
    set_code_word(db, lists.kari, ola, "blå bjørn", now=clock)
    stored = contact_of(db, three[0]).code_word
    assert stored
    assert "bjørn" not in stored
    assert code_word(db, lists.tor, ola, now=clock).word == "blå bjørn"
    with pytest.raises(RecentSignInRequiredError):
        code_word(db, long_ago(lists.kari), ola, now=clock)
    with pytest.raises(NotFoundError):
        code_word(db, lists.nils, ola, now=clock)


def test_contact_sees_the_own_code_word_and_no_other(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    set_code_word(db, lists.kari, three[0].contact_id, "blå bjørn", now=clock)
    user = account(db, OLA, "Ola Berg", clock)
    ola = contact_of(db, three[0])
    ola.user_id = user.id
    entry = entry_of(db, three[0])
    entry.answer = Answer.ACCEPTED.value
    db.add_all([ola, entry])
    db.flush()
    assert code_word(db, acting(user, clock), ola.id, now=clock).word == "blå bjørn"
    with pytest.raises(NotFoundError):
        code_word(db, acting(user, clock), three[1].contact_id, now=clock)


def test_support_never_sees_a_code_word(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    user = account(db, "aud@support.example", "Aud Moe", clock)
    aud = Actor(user.id, user.name, "nb", staff_role=StaffRole.LEAD, authenticated_at=clock)
    with pytest.raises(NotAllowedError):
        code_word(db, aud, three[0].contact_id, now=clock)


@pytest.mark.parametrize("word", ["ab", "Berg", "90000104", "x" * 41])
def test_code_word_that_is_easy_or_too_long_is_refused(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime, word: str
) -> None:
    with pytest.raises(InvalidValueError):
        set_code_word(db, lists.kari, three[0].contact_id, word, now=clock)


# Tenants


def test_another_customers_list_answers_like_one_that_does_not_exist(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    entry, contact = three[0].entry_id, three[0].contact_id
    seen = version_of(db, lists.storgata)
    for act in (
        lambda: call_list(db, lists.nils, lists.storgata, now=clock),
        lambda: named(db, lists, "X", 1, actor=lists.nils, now=clock),
        lambda: move_contact(db, lists.nils, entry, to=1, version=seen, now=clock),
        lambda: undo_move(db, lists.nils, lists.storgata, version=seen, now=clock),
        lambda: edit_contact(db, lists.nils, entry, changes(), version=1, now=clock),
        lambda: removal(db, lists.nils, entry, now=clock),
        lambda: remove_contact(db, lists.nils, entry, sure=True, now=clock),
        lambda: add_known_contact(
            db, lists.nils, lists.holm, contact, Place(role="decide"), now=clock
        ),
        lambda: set_code_word(db, lists.nils, contact, "blå bjørn", now=clock),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert [line.people for line in site_lines(db, lists.nils, now=clock)] == [0]
    assert contact_history(db, lists.nils) == []


def test_lines_of_sites_count_who_can_be_reached_today(
    db: Session, lists: Lists, three: list[AddedContact], clock: datetime
) -> None:
    tomorrow = clock.date() + timedelta(days=1)
    named(db, lists, "Aino Mäkelä", 107, site=lists.torget, valid_from=tomorrow, now=clock)
    storgata, torget = site_lines(db, lists.kari, now=clock)
    assert (storgata.people, storgata.reachable, storgata.lights) == (3, 3, (True, True, True))
    assert (torget.people, torget.reachable, torget.needed) == (1, 0, 2)
    later = site_lines(db, lists.kari, now=clock + timedelta(days=1))[1]
    assert later.reachable == 1


def test_the_choice_of_sites_is_the_same_until_something_of_it_changes(
    db: Session, lists: Lists, clock: datetime
) -> None:
    def state(now: datetime = clock) -> str:
        return state_of_choices(db, lists.kari, now=now)

    seen = [state()]
    ola = named(db, lists, "Ola Berg", 104, now=clock)
    seen.append(state())
    named(db, lists, "Lars Vik", 106, site=lists.holm, actor=lists.nils, now=clock)
    assert state() == seen[-1], "another customer's lists are nobody's business"
    contact, entry = contact_of(db, ola), entry_of(db, ola)
    contact.user_id = lists.people.kari.user_id
    entry.answer = Answer.ACCEPTED.value
    db.add_all([contact, entry])
    day = clock.date()
    pause(
        db,
        replace(lists.kari, is_contact=True),
        ola.entry_id,
        first=day,
        last=day,
        sure=True,
        now=clock,
    )
    seen.append(state())
    rename_site(db, lists.kari, lists.torget, "Utsalget", version=1, now=clock)
    seen.append(state())
    seen.append(state(clock + timedelta(days=1)))
    assert len(set(seen)) == len(seen)
