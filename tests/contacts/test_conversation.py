"""What an invited person answers by the mailed link, and what a contact does in the portal."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.actor import Actor
from portal.contacts.adding import AddedContact, add_known_contact
from portal.contacts.answering import accept, decline, not_me, offered, take_back
from portal.contacts.bars import InvitationBarredError
from portal.contacts.contact_fields import Place
from portal.contacts.history import contact_history
from portal.contacts.inviting import invite_again, remind, revoke
from portal.contacts.lists import call_list, known_contacts
from portal.contacts.models import Answer, By, ContactEvent, ContactRole
from portal.contacts.outcomes import note_outcome
from portal.contacts.own_alarms import (
    answer_site,
    change_own_details,
    come_back,
    leave,
    my_alarms,
    own_details,
    pause,
)
from portal.contacts.removing import LastContactError, remove_contact
from portal.contacts.standing import ContactStatus
from portal.contacts.watching import (
    forget_those_who_said_no,
    lists_to_tell_of,
    run_out_invitations,
    warn_of_untold,
    watch_call_lists,
)
from portal.errors import InvalidFieldsError, InvalidValueError, NotFoundError
from portal.invitations.acceptance import WayIn
from portal.invitations.models import Invitation
from portal.invitations.offers import (
    AlreadyInvitedError,
    AlreadyRemindedError,
    InvitationRefusedError,
)
from portal.mail.models import MailState
from portal.notices.models import NoticeGiven
from tests.contacts.people import (
    OLA,
    Lists,
    account,
    acting,
    contact_of,
    entry_of,
    invitation_token,
    kinds_to,
    letter_to,
    mails_to,
    named,
    version_of,
)

KARI = "kari@nordlys.example"


@pytest.fixture
def ola(db: Session, lists: Lists, clock: datetime) -> AddedContact:
    """Ola is invited for Storgata, where Berit can be called, too."""
    named(db, lists, "Berit Aas", 105, now=clock)
    return named(db, lists, "Ola Berg", 104, email=OLA, now=clock)


@pytest.fixture
def token(db: Session, ola: AddedContact) -> str:
    return invitation_token(db, OLA)


@pytest.fixture
def user(db: Session, clock: datetime) -> User:
    return account(db, OLA, "Ola Berg", clock)


@pytest.fixture
def ola_himself(db: Session, ola: AddedContact, token: str, user: User, clock: datetime) -> Actor:
    """Ola, who has said yes with an account of his own."""
    accept(db, token, yes={ola.entry_id}, user=user, sure=False, now=clock)
    return acting(user, clock)


def status(db: Session, lists: Lists, name: str, now: datetime) -> ContactStatus:
    view = call_list(db, lists.kari, lists.storgata, now=now)
    return next(person.status for person in view.people if person.name == name)


# The invitation


def test_invitation_says_who_asks_and_what_is_kept(
    db: Session, lists: Lists, ola: AddedContact
) -> None:
    letter = letter_to(db, OLA, "contact-invitation")
    assert "Kari Nordli" in letter.subject
    said = " ".join(letter.text.split())
    for words in ("Nordlys Bakeri AS", "Storgata 4", "+47 90 00 01 04", "6(1)(d)", "Datatilsynet"):
        assert words in said
    assert "code" not in letter.text.lower()


def test_looking_at_the_invitation_changes_nothing(
    db: Session, lists: Lists, token: str, clock: datetime
) -> None:
    found = offered(db, token, now=clock)
    assert (found.customer, found.inviter, found.declined) == (
        "Nordlys Bakeri AS",
        "Kari Nordli",
        False,
    )
    assert found.way_in is WayIn.NEW
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.INVITED


def test_nobody_is_invited_twice_at_once(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    with pytest.raises(AlreadyInvitedError):
        invite_again(db, lists.kari, ola.contact_id, now=clock)


def test_there_is_one_reminder_and_both_links_work(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    remind(db, lists.kari, ola.contact_id, now=clock)
    with pytest.raises(AlreadyRemindedError):
        remind(db, lists.kari, ola.contact_id, now=clock)
    for each in (token, invitation_token(db, OLA, "contact-reminder")):
        assert offered(db, each, now=clock).name == "Ola Berg"
    assert kinds_to(db, OLA) == ["contact-invitation", "contact-reminder"]


def test_revoked_invitation_cannot_be_answered(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    revoke(db, lists.kari, ola.contact_id, now=clock)
    with pytest.raises(InvitationRefusedError):
        offered(db, token, now=clock)
    with pytest.raises(InvitationRefusedError):
        decline(db, token, sure=True, now=clock)


def test_invitation_lasts_fourteen_days_to_the_second(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    end = clock + timedelta(days=14)
    assert offered(db, token, now=end - timedelta(seconds=1)).name == "Ola Berg"
    with pytest.raises(InvitationRefusedError):
        offered(db, token, now=end)
    assert status(db, lists, "Ola Berg", end) is ContactStatus.NO_ANSWER
    assert run_out_invitations(db, now=end) == 1
    assert run_out_invitations(db, now=end) == 0
    assert status(db, lists, "Ola Berg", end) is ContactStatus.NO_ANSWER
    invite_again(db, lists.kari, ola.contact_id, now=end)
    assert status(db, lists, "Ola Berg", end) is ContactStatus.INVITED


def test_whoever_has_the_notice_is_not_sent_it_again(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    note_outcome(db, mails_to(db, OLA)[0], MailState.SENT, clock)
    named(db, lists, "Ola Berg", 104, email=OLA, site=lists.holm, actor=lists.nils, now=clock)
    second = mails_to(db, OLA)[1]
    note_outcome(db, second, MailState.SENT, clock)
    text = letter_to(db, OLA, "contact-invitation").text
    assert "Holm Rør ENK" in text
    assert "6(1)(d)" not in text
    assert len(db.exec(select(NoticeGiven)).all()) == 1


# Saying yes


def test_saying_yes_gives_an_account_its_alarms_and_tells_kari(
    db: Session, lists: Lists, ola_himself: Actor, clock: datetime
) -> None:
    (alarm,) = my_alarms(db, ola_himself, now=clock)
    assert (alarm.customer, alarm.site, alarm.number) == ("Nordlys Bakeri AS", "Storgata 4", 2)
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.ACCEPTED
    assert kinds_to(db, KARI) == ["contact-answered"]
    assert contact_history(db, lists.kari)[0].event is ContactEvent.ACCEPTED


def test_accepted_invitation_cannot_be_used_again(
    db: Session, ola: AddedContact, token: str, ola_himself: Actor, clock: datetime
) -> None:
    for again in (
        lambda: offered(db, token, now=clock),
        lambda: decline(db, token, sure=True, now=clock),
        lambda: accept(db, token, yes={ola.entry_id}, user=None, sure=True, now=clock),
    ):
        with pytest.raises(InvitationRefusedError):
            again()


def test_yes_needs_an_account_unless_the_mailbox_is_shared(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    with pytest.raises(InvitationRefusedError):
        accept(db, token, yes={ola.entry_id}, user=None, sure=False, now=clock)
    shared = named(db, lists, "Per Vik", 107, email="post@vik.example", now=clock)
    mailed = invitation_token(db, "post@vik.example")
    assert offered(db, mailed, now=clock).way_in is WayIn.NONE
    accept(db, mailed, yes={shared.entry_id}, user=None, sure=False, now=clock)
    assert status(db, lists, "Per Vik", clock) is ContactStatus.ACCEPTED


def test_two_who_share_a_mailbox_are_both_invited_and_one_has_the_account(
    db: Session,
    lists: Lists,
    ola_himself: Actor,
    user: User,
    clock: datetime,
) -> None:
    eva = named(db, lists, "Eva Berg", 108, email=OLA, now=clock)
    mailed = invitation_token(db, OLA)
    assert offered(db, mailed, now=clock).way_in is WayIn.NONE
    accept(db, mailed, yes={eva.entry_id}, user=user, sure=False, now=clock)
    assert contact_of(db, eva).user_id is None
    assert status(db, lists, "Eva Berg", clock) is ContactStatus.ACCEPTED


def test_each_site_is_answered_for_itself(
    db: Session, lists: Lists, ola: AddedContact, token: str, user: User, clock: datetime
) -> None:
    named(db, lists, "Lars Vik", 106, site=lists.torget, now=clock)
    place = Place(role="cancel")
    torget = add_known_contact(db, lists.kari, lists.torget, ola.contact_id, place, now=clock)
    assert len(offered(db, token, now=clock).sites) == 2
    with pytest.raises(InvalidValueError):
        accept(db, token, yes=set(), user=user, sure=False, now=clock)
    accept(db, token, yes={torget.entry_id}, user=user, sure=False, now=clock)
    assert entry_of(db, torget).answer == Answer.ACCEPTED
    assert entry_of(db, ola).answer == Answer.DECLINED


# Saying no


def test_no_needs_no_account_and_bars_asking_again_for_90_days(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    decline(db, token, sure=False, now=clock)
    view = call_list(db, lists.kari, lists.storgata, now=clock)
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.DECLINED
    assert view.reachable == 1
    assert "contact-answered" in kinds_to(db, KARI)
    remove_contact(db, lists.kari, ola.entry_id, sure=False, now=clock)
    later = clock + timedelta(days=89)
    with pytest.raises(InvitationBarredError) as barred, db.begin_nested():
        named(db, lists, "Ola B.", 104, email="another@berg.example", now=later)
    assert barred.value.details["day"] == (clock + timedelta(days=90)).date()
    with pytest.raises(InvitationBarredError), db.begin_nested():
        named(db, lists, "Ola Berg", 109, email=OLA, now=later)
    named(db, lists, "Ola Berg", 104, email=OLA, now=clock + timedelta(days=91))


def test_no_to_one_customer_is_none_to_another(
    db: Session, lists: Lists, token: str, clock: datetime
) -> None:
    decline(db, token, sure=False, now=clock)
    named(db, lists, "Ola Berg", 104, email=OLA, site=lists.holm, actor=lists.nils, now=clock)


def test_whoever_said_no_can_take_it_back(
    db: Session, lists: Lists, ola: AddedContact, token: str, user: User, clock: datetime
) -> None:
    decline(db, token, sure=False, now=clock)
    assert offered(db, token, now=clock).declined
    take_back(db, token, now=clock)
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.INVITED
    accept(db, token, yes={ola.entry_id}, user=user, sure=False, now=clock)
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.ACCEPTED


def test_no_in_the_portal_or_to_one_of_two_sites_bars_asking_again_too(
    db: Session, lists: Lists, ola: AddedContact, token: str, user: User, clock: datetime
) -> None:
    named(db, lists, "Lars Vik", 106, site=lists.torget, now=clock)
    place = Place(role="cancel")
    torget = add_known_contact(db, lists.kari, lists.torget, ola.contact_id, place, now=clock)
    accept(db, token, yes={ola.entry_id}, user=user, sure=False, now=clock)
    remove_contact(db, lists.kari, torget.entry_id, sure=False, now=clock)
    later = clock + timedelta(days=89)
    with pytest.raises(InvitationBarredError), db.begin_nested():
        add_known_contact(db, lists.kari, lists.torget, ola.contact_id, place, now=later)
    answer_site(db, acting(user, later), ola.entry_id, yes=False, sure=False, now=later)
    remove_contact(db, lists.kari, ola.entry_id, sure=False, now=later)
    with pytest.raises(InvitationBarredError):
        named(db, lists, "Ola Berg", 104, email=OLA, now=later + timedelta(days=89))


def test_whoever_left_and_is_forgotten_cannot_be_named_at_another_site(
    db: Session, lists: Lists, ola: AddedContact, ola_himself: Actor, clock: datetime
) -> None:
    leave(db, ola_himself, ola.entry_id, reason="", sure=False, now=clock)
    assert "Ola Berg" not in {each.name for each in known_contacts(db, lists.kari, lists.torget)}
    place = Place(role="cancel")
    with pytest.raises(NotFoundError):
        add_known_contact(db, lists.kari, lists.torget, ola.contact_id, place, now=clock)


def test_last_reachable_contact_is_asked_twice_before_a_no(
    db: Session, lists: Lists, clock: datetime
) -> None:
    named(db, lists, "Ola Berg", 104, email=OLA, now=clock)
    token = invitation_token(db, OLA)
    assert offered(db, token, now=clock).sites[0].last
    with pytest.raises(LastContactError):
        decline(db, token, sure=False, now=clock)
    decline(db, token, sure=True, now=clock)
    assert call_list(db, lists.kari, lists.storgata, now=clock).reachable == 0


def test_not_me_takes_only_the_address_away(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    not_me(db, token, now=clock)
    assert contact_of(db, ola).email == ""
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.NO_EMAIL
    assert call_list(db, lists.kari, lists.storgata, now=clock).reachable == 2
    assert kinds_to(db, KARI) == ["contact-not-me"]
    with pytest.raises(InvitationRefusedError):
        offered(db, token, now=clock)


def test_mail_that_comes_back_is_told_and_no_notice_counts(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    mail = mails_to(db, OLA)[0]
    note_outcome(db, mail, MailState.SENT, clock)
    assert contact_of(db, ola).notice_given_at == clock
    note_outcome(db, mail, MailState.GIVEN_UP, clock)
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.MAIL_RETURNED
    assert contact_of(db, ola).notice_given_at is None
    assert db.exec(select(NoticeGiven)).all() == []
    assert kinds_to(db, KARI) == ["contact-mail-returned"]


# A contact's own pages


def test_contact_with_a_small_role_sees_the_city_and_not_the_street(
    db: Session, lists: Lists, user: User, clock: datetime
) -> None:
    role = ContactRole.CANCEL.value
    added = named(db, lists, "Ola Berg", 104, email=OLA, role=role, now=clock)
    token = invitation_token(db, OLA)
    accept(db, token, yes={added.entry_id}, user=user, sure=False, now=clock)
    (alarm,) = my_alarms(db, acting(user, clock), now=clock)
    assert (alarm.site, alarm.address) == ("", "Trondheim")


def test_pause_keeps_the_place_and_tells_the_customer(
    db: Session, lists: Lists, ola: AddedContact, ola_himself: Actor, clock: datetime
) -> None:
    day = clock.date()
    week = day + timedelta(days=7)
    pause(db, ola_himself, ola.entry_id, first=day, last=week, sure=False, now=clock)
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.PAUSED
    assert call_list(db, lists.kari, lists.storgata, now=clock).reachable == 1
    later = clock + timedelta(days=8)
    assert status(db, lists, "Ola Berg", later) is ContactStatus.ACCEPTED
    come_back(db, ola_himself, ola.entry_id, now=clock)
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.ACCEPTED
    assert {"contact-away", "contact-back"} <= set(kinds_to(db, KARI))


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (None, 1, "pause-required"),
        (-1, 3, "pause-past"),
        (3, 1, "pause-reversed"),
        (0, 400, "pause-far"),
    ],
)
def test_pause_with_impossible_days_is_refused(
    db: Session,
    ola: AddedContact,
    ola_himself: Actor,
    clock: datetime,
    first: int | None,
    last: int,
    code: str,
) -> None:
    day = clock.date()
    with pytest.raises(InvalidFieldsError) as refused:
        pause(
            db,
            ola_himself,
            ola.entry_id,
            first=None if first is None else day + timedelta(days=first),
            last=day + timedelta(days=last),
            sure=True,
            now=clock,
        )
    assert code in {each.code for each in refused.value.fields.values()}


def test_leaving_waits_for_nobody_and_erases_what_was_kept(
    db: Session, lists: Lists, ola: AddedContact, ola_himself: Actor, clock: datetime
) -> None:
    leave(db, ola_himself, ola.entry_id, reason="I am moving", sure=False, now=clock)
    contact = contact_of(db, ola)
    assert (contact.phone, contact.email, contact.code_word, contact.user_id) == (
        "",
        "",
        None,
        None,
    )
    assert status(db, lists, "Ola Berg", clock) is ContactStatus.LEFT
    assert "I am moving" in letter_to(db, KARI, "contact-left").text
    assert db.exec(select(Invitation).where(col(Invitation.contact_id) == contact.id)).all() == []
    with pytest.raises(InvitationBarredError):
        named(db, lists, "Ola Berg", 104, email=OLA, now=clock)
    with pytest.raises(NotFoundError):
        own_details(db, ola_himself)


def test_own_number_counts_more_and_is_not_shown_to_the_customer(
    db: Session, lists: Lists, ola: AddedContact, ola_himself: Actor, clock: datetime
) -> None:
    before = version_of(db, lists.storgata)
    change_own_details(db, ola_himself, phone="40 55 50 12", locale="nb", now=clock)
    assert own_details(db, ola_himself).phone == "+4740555012"
    view = call_list(db, lists.kari, lists.storgata, now=clock)
    (seen,) = [person for person in view.people if person.name == "Ola Berg"]
    assert (seen.phone, seen.own_number) == ("+4790000104", True)
    assert version_of(db, lists.storgata) > before


def test_site_that_is_added_later_is_answered_in_the_portal(
    db: Session, lists: Lists, ola: AddedContact, ola_himself: Actor, clock: datetime
) -> None:
    place = Place(role="cancel")
    torget = add_known_contact(db, lists.kari, lists.torget, ola.contact_id, place, now=clock)
    assert "contact-another-site" in kinds_to(db, OLA)
    with pytest.raises(LastContactError):
        answer_site(db, ola_himself, torget.entry_id, yes=False, sure=False, now=clock)
    answer_site(db, ola_himself, torget.entry_id, yes=True, sure=False, now=clock)
    assert entry_of(db, torget).answer == Answer.ACCEPTED


def test_contact_reaches_only_the_own_places(
    db: Session, lists: Lists, ola: AddedContact, ola_himself: Actor, clock: datetime
) -> None:
    other = named(db, lists, "Lars Vik", 106, now=clock)
    day = clock.date()
    for act in (
        lambda: leave(db, ola_himself, other.entry_id, reason="", sure=True, now=clock),
        lambda: pause(db, ola_himself, other.entry_id, first=day, last=day, sure=True, now=clock),
        lambda: come_back(db, ola_himself, other.entry_id, now=clock),
        lambda: answer_site(db, ola_himself, other.entry_id, yes=False, sure=True, now=clock),
    ):
        with pytest.raises(NotFoundError):
            act()


# What is watched


def test_customer_is_told_once_when_days_make_the_list_too_short(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    assert watch_call_lists(db, lists_to_tell_of(db, now=clock), now=clock) == 0
    named(db, lists, "Lars Vik", 106, valid_until=clock.date(), site=lists.torget, now=clock)
    named(db, lists, "Per Vik", 107, site=lists.torget, now=clock)
    assert watch_call_lists(db, lists_to_tell_of(db, now=clock), now=clock) == 0
    tomorrow = clock + timedelta(days=1)
    assert watch_call_lists(db, lists_to_tell_of(db, now=tomorrow), now=tomorrow) == 1
    assert watch_call_lists(db, lists_to_tell_of(db, now=tomorrow), now=tomorrow) == 0
    assert "Torget" in letter_to(db, KARI, "call-list-gap").text


def test_untold_contacts_are_told_of_on_day_21_once(
    db: Session, lists: Lists, ola: AddedContact, clock: datetime
) -> None:
    note_outcome(db, mails_to(db, OLA)[0], MailState.SENT, clock)
    assert warn_of_untold(db, now=clock + timedelta(days=20)) == 0
    assert warn_of_untold(db, now=clock + timedelta(days=21)) == 1
    assert warn_of_untold(db, now=clock + timedelta(days=22)) == 0
    text = letter_to(db, KARI, "contacts-untold").text
    assert "Berit Aas" in text
    assert "Ola Berg" not in text


def test_whoever_said_no_is_forgotten_after_thirty_days(
    db: Session, lists: Lists, ola: AddedContact, token: str, clock: datetime
) -> None:
    decline(db, token, sure=False, now=clock)
    later = clock + timedelta(days=30)
    assert forget_those_who_said_no(db, now=later, before=clock) == 0
    assert forget_those_who_said_no(db, now=later, before=clock + timedelta(seconds=1)) == 1
    assert [
        person.name for person in call_list(db, lists.kari, lists.storgata, now=later).people
    ] == ["Berit Aas"]
    newest = contact_history(db, lists.kari)[0]
    assert (newest.event, newest.by, newest.contact) == (
        ContactEvent.REMOVED,
        By.SENSORNORDIC,
        "",
    )
    assert "Ola Berg" not in {row.contact for row in contact_history(db, lists.kari)}
