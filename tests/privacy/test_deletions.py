"""Deletion: what is asked for waits 14 days, can be taken back, and is then done, all of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from portal.accounts.links import LinkRefusedError
from portal.accounts.models import SignInSession, User
from portal.actor import Actor, Role, StaffRole, system
from portal.audit import trail
from portal.contacts.models import AlarmContact, CallListEntry, ContactChange, InvitationBar
from portal.contacts.removing import remove_contact
from portal.contacts.station import acknowledge_call_lists, station_state
from portal.customers.leaving import ownerless_customers
from portal.customers.models import CompanyChange, Customer, Member, Site
from portal.errors import (
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    RecentSignInRequiredError,
)
from portal.mail.models import OutboxMessage
from portal.marketing.models import Channel, Suppression, Topic
from portal.privacy import confirmations
from portal.privacy.certificate import CertificateGoneError, certificate
from portal.privacy.deletions import (
    COOLING_OFF,
    DeletionWaitingError,
    ask_deletion,
    keep,
    keep_by_link,
    opened_keep_link,
    preview,
    waiting_deletions,
)
from portal.privacy.erasing import carry_out, due_deletions
from portal.privacy.inventory import UNPROVEN_REASON
from portal.privacy.models import Deletion, DeletionNotice, Scope
from tests.contacts.people import OLA, kinds_to, letter_to, order_of
from tests.marketing.conftest import choose, written_to
from tests.privacy.conftest import Neighbours

KARI = "kari@nordlys.example"
TOR = "tor@nordlys.example"
NILS = "nils@holm.example"


def ask(
    db: Session,
    actor: Actor,
    scope: Scope,
    now: datetime,
    *,
    confirmation: str = "",
    at_once: bool = False,
) -> Deletion:
    typed = confirmation or preview(db, actor, scope, now=now).phrase
    return ask_deletion(db, actor, scope, confirmation=typed, at_once=at_once, locale="en", now=now)


def erase(db: Session, deletion: Deletion) -> bool:
    return carry_out(db, deletion.id, now=deletion.due_at)


def count(db: Session, table: Any, *conditions: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(table).where(*conditions)
    return db.execute(statement).scalar_one()


def token_in(db: Session, recipient: str, kind: str, purpose: str) -> str:
    return letter_to(db, recipient, kind).text.split(f"/go/{purpose}/")[1].split("?")[0]


def exists(db: Session, actor: Actor) -> bool:
    return count(db, User, col(User.id) == actor.user_id) == 1


# Asking


def test_nothing_is_erased_before_the_cooling_off_is_over(
    db: Session, neighbours: Neighbours, clock: datetime
):
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    assert deletion.due_at == clock + timedelta(days=14)
    just_before = deletion.due_at - timedelta(seconds=1)
    assert due_deletions(db, now=just_before) == []
    assert not carry_out(db, deletion.id, now=just_before)
    assert exists(db, neighbours.tor)
    assert due_deletions(db, now=deletion.due_at) == [deletion.id]


def test_the_typed_words_must_be_the_right_ones(
    db: Session, neighbours: Neighbours, clock: datetime
):
    with pytest.raises(InvalidValueError) as refused:
        ask(db, neighbours.kari, Scope.CUSTOMER, clock, confirmation="nordlys")
    assert (refused.value.code, refused.value.field) == ("confirmation-wrong", "confirmation")
    ask(db, neighbours.kari, Scope.CUSTOMER, clock, confirmation="  nordlys  bakeri as ")


def test_the_password_must_have_been_entered_lately(
    db: Session, neighbours: Neighbours, clock: datetime
):
    stale = replace(neighbours.kari, authenticated_at=clock - timedelta(minutes=11))
    with pytest.raises(RecentSignInRequiredError):
        ask(db, stale, Scope.ACCOUNT, clock)


@pytest.mark.parametrize("scope", Scope)
def test_staff_delete_nothing_here(
    db: Session, neighbours: Neighbours, clock: datetime, scope: Scope
):
    siri = replace(neighbours.ola, staff_role=StaffRole.AGENT)
    with pytest.raises(NotAllowedError):
        preview(db, siri, scope, now=clock)
    with pytest.raises(NotAllowedError):
        ask(db, siri, scope, clock, confirmation=OLA)


def test_only_an_owner_closes_the_customer_s_account(
    db: Session, neighbours: Neighbours, clock: datetime
):
    for actor in (neighbours.tor, neighbours.lists.people.liv, neighbours.ola):
        with pytest.raises(NotAllowedError):
            ask(db, actor, Scope.CUSTOMER, clock, confirmation="Nordlys Bakeri AS")


def test_the_same_is_asked_for_once(db: Session, neighbours: Neighbours, clock: datetime):
    ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    with pytest.raises(DeletionWaitingError) as refused:
        ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    assert refused.value.details["day"] == (clock + COOLING_OFF).date()


def test_two_owners_wish_to_close_once(db: Session, neighbours: Neighbours, clock: datetime):
    other = replace(neighbours.lists.people.liv, role=Role.OWNER)
    ask(db, neighbours.kari, Scope.CUSTOMER, clock)
    with pytest.raises(DeletionWaitingError):
        ask(db, other, Scope.CUSTOMER, clock)


def test_members_wait_and_cannot_go_at_once(db: Session, neighbours: Neighbours, clock: datetime):
    with pytest.raises(NotAllowedError):
        ask(db, neighbours.tor, Scope.ACCOUNT, clock, at_once=True)
    with pytest.raises(NotAllowedError):
        ask(db, neighbours.tor, Scope.MEMBERSHIP, clock, at_once=True)


def test_an_alarm_contact_may_go_at_once(db: Session, neighbours: Neighbours, clock: datetime):
    deletion = ask(db, neighbours.ola, Scope.ACCOUNT, clock, at_once=True)
    assert deletion.due_at == clock
    assert erase(db, deletion)
    assert not exists(db, neighbours.ola)


def test_marketing_stops_with_the_wish_and_for_the_address_for_good(
    db: Session, neighbours: Neighbours, clock: datetime
):
    choose(db, neighbours.kari, clock, offers_email=True)
    assert written_to(db, clock) == [KARI]
    ask(db, neighbours.kari, Scope.ACCOUNT, clock)
    assert written_to(db, clock) == []
    assert count(db, Suppression, col(Suppression.channel) == Channel.EMAIL.value) > 0


def test_leaving_one_customer_stops_its_marketing_alone(
    db: Session, neighbours: Neighbours, clock: datetime
):
    choose(db, neighbours.kari, clock, offers_email=True)
    ask(db, neighbours.kari, Scope.MEMBERSHIP, clock)
    assert written_to(db, clock, Topic.OFFERS) == []
    assert count(db, Suppression) == 0


# Taking it back


def test_one_click_keeps_everything(db: Session, neighbours: Neighbours, clock: datetime):
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    assert [each.id for each in waiting_deletions(db, neighbours.tor)] == [deletion.id]
    keep(db, neighbours.tor, deletion.id, now=clock)
    assert waiting_deletions(db, neighbours.tor) == []
    assert due_deletions(db, now=deletion.due_at) == []
    assert not carry_out(db, deletion.id, now=deletion.due_at)
    assert exists(db, neighbours.tor)
    ask(db, neighbours.tor, Scope.ACCOUNT, clock)  # and it can be asked for anew


def test_the_mailed_link_keeps_everything_once(
    db: Session, neighbours: Neighbours, clock: datetime
):
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    token = token_in(db, TOR, "deletion-asked", "keep-account")
    assert opened_keep_link(db, token, now=clock).id == deletion.id
    assert waiting_deletions(db, neighbours.tor), "looking changes nothing"
    keep_by_link(db, token, now=clock)
    assert waiting_deletions(db, neighbours.tor) == []
    with pytest.raises(LinkRefusedError):
        keep_by_link(db, token, now=clock)


def test_the_link_is_worthless_when_all_is_done(
    db: Session, neighbours: Neighbours, clock: datetime
):
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    token = token_in(db, TOR, "deletion-asked", "keep-account")
    erase(db, deletion)
    with pytest.raises(LinkRefusedError):
        keep_by_link(db, token, now=deletion.due_at)


def test_nobody_keeps_what_another_wants_deleted(
    db: Session, neighbours: Neighbours, clock: datetime
):
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    for other in (neighbours.kari, neighbours.nils, neighbours.ola):
        with pytest.raises(NotFoundError):
            keep(db, other, deletion.id, now=clock)
    with pytest.raises(NotFoundError):
        keep(db, neighbours.kari, uuid4(), now=clock)


def test_every_owner_can_keep_the_customer_s_account(
    db: Session, neighbours: Neighbours, clock: datetime
):
    liv = neighbours.lists.people.liv
    db.execute(
        update(Member).where(col(Member.user_id) == liv.user_id).values(role=Role.OWNER.value)
    )
    ask(db, neighbours.kari, Scope.CUSTOMER, clock)
    assert "deletion-asked" in kinds_to(db, "liv@nordlys.example")
    owner = replace(liv, role=Role.OWNER)
    (waiting,) = waiting_deletions(db, owner)
    assert not waiting.by_you
    with pytest.raises(NotFoundError):
        keep(db, neighbours.tor, waiting.id, now=clock)
    keep(db, owner, waiting.id, now=clock)
    assert waiting_deletions(db, neighbours.kari) == []


def test_a_former_owner_neither_closes_nor_keeps_the_customer_s_account(
    db: Session, neighbours: Neighbours, clock: datetime
):
    liv = neighbours.lists.people.liv
    owner = update(Member).where(col(Member.user_id) == liv.user_id)
    db.execute(owner.values(role=Role.OWNER.value))
    deletion = ask(db, neighbours.kari, Scope.CUSTOMER, clock)
    token = token_in(db, "liv@nordlys.example", "deletion-asked", "keep-account")
    db.execute(owner.values(role=Role.COLLEAGUE.value))
    with pytest.raises(NotFoundError):
        keep_by_link(db, token, now=clock)
    db.execute(owner.values(role=Role.OWNER.value))
    kari = update(Member).where(col(Member.user_id) == neighbours.kari.user_id)
    db.execute(kari.values(role=Role.COLLEAGUE.value))
    assert not erase(db, deletion)
    nordlys = db.get_one(Customer, neighbours.lists.people.nordlys, populate_existing=True)
    assert nordlys.closed_at is None
    assert due_deletions(db, now=deletion.due_at) == []


# A whole account


def test_an_account_goes_with_everything_that_hangs_on_it(
    db: Session, neighbours: Neighbours, clock: datetime
):
    db.add(
        SignInSession(
            token_hash="x",
            user_id=neighbours.tor.user,
            device="Firefox",
            created_at=clock,
            last_seen_at=clock,
            authenticated_at=clock,
            expires_at=clock + timedelta(days=30),
        )
    )
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    assert erase(db, deletion)
    assert not exists(db, neighbours.tor)
    tor = neighbours.tor.user_id
    assert count(db, SignInSession, col(SignInSession.user_id) == tor) == 0
    assert count(db, Member, col(Member.user_id) == tor) == 0
    kept = db.get_one(Deletion, deletion.id, populate_existing=True)
    assert kept.user_id is None
    assert kept.erased_at == deletion.due_at
    assert kept.person == trail.pseudonym("user", neighbours.tor.user_id)


def test_doing_it_twice_is_doing_it_once(db: Session, neighbours: Neighbours, clock: datetime):
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    assert erase(db, deletion)
    assert not erase(db, deletion)


def test_the_trail_is_whole_before_and_after(db: Session, neighbours: Neighbours, clock: datetime):
    db.commit()
    assert trail.verify(db).whole
    erase(db, ask(db, neighbours.kari, Scope.ACCOUNT, clock))
    db.commit()
    assert trail.verify(db).whole


def test_the_history_stays_true_without_the_name(
    db: Session, neighbours: Neighbours, clock: datetime
):
    from portal.customers.changes import FieldChange, write_changes

    write_changes(
        db,
        neighbours.kari,
        [FieldChange("phone", "1", "2")],
        customer_id=neighbours.lists.people.nordlys,
        version=2,
        now=clock,
    )
    before = count(db, CompanyChange)
    erase(db, ask(db, neighbours.kari, Scope.ACCOUNT, clock))
    assert count(db, CompanyChange) == before
    assert count(db, CompanyChange, col(CompanyChange.changed_by) == neighbours.kari.user_id) == 0
    assert count(db, ContactChange, col(ContactChange.changed_by) == neighbours.kari.user_id) == 0


def test_the_others_are_told_and_invitations_taken_back(
    db: Session, neighbours: Neighbours, clock: datetime
):
    erase(db, ask(db, neighbours.tor, Scope.ACCOUNT, clock))
    assert "team-left" in kinds_to(db, KARI)


def test_a_sole_owner_may_go_and_the_leads_get_the_gap(
    db: Session, neighbours: Neighbours, clock: datetime
):
    aud = User(
        email="aud@support.example",
        name="Aud Moe",
        locale="en",
        staff_role=StaffRole.LEAD.value,
        created_at=clock,
        activated_at=clock,
    )
    db.add(aud)
    db.flush()
    assert preview(db, neighbours.kari, Scope.ACCOUNT, now=clock).alarms[0].without_owner
    erase(db, ask(db, neighbours.kari, Scope.ACCOUNT, clock))
    assert kinds_to(db, "aud@support.example") == ["customer-without-owner"]
    lead = Actor(aud.id, aud.name, "en", staff_role=StaffRole.LEAD)
    assert [each.number for each in ownerless_customers(db, lead)] == ["10001"]
    with pytest.raises(NotAllowedError):
        ownerless_customers(db, neighbours.nils)
    assert order_of(db, neighbours.lists.storgata) == ["Per Vik", "Ola Berg"], "the alarm goes on"


def test_nobody_hears_of_another_customer_s_people(
    db: Session, neighbours: Neighbours, clock: datetime
):
    erase(db, ask(db, neighbours.nils, Scope.ACCOUNT, clock))
    assert exists(db, neighbours.kari)
    assert kinds_to(db, KARI).count("team-left") == 0


# Alarm contacts


def test_a_contact_vanishes_from_every_list_and_the_customer_is_told(
    db: Session, neighbours: Neighbours, clock: datetime
):
    before = station_state(db).version
    erase(db, ask(db, neighbours.ola, Scope.ACCOUNT, clock, at_once=True))
    assert order_of(db, neighbours.lists.storgata) == ["Per Vik"]
    assert station_state(db).version > before
    assert "contact-left" in kinds_to(db, KARI)
    assert count(db, AlarmContact, col(AlarmContact.name) == "Ola Berg") == 0
    assert count(db, ContactChange, col(ContactChange.name) == "Ola Berg") == 0
    assert count(db, ContactChange, col(ContactChange.name) == "") > 0, "the history stays"
    assert count(db, InvitationBar) == 2, "nobody asks her again for a while"


def test_the_name_goes_from_the_history_of_lists_that_the_person_stood_on_before(
    db: Session, neighbours: Neighbours, clock: datetime
):
    remove_contact(db, neighbours.kari, neighbours.ola_at_nordlys.entry_id, sure=True, now=clock)
    assert count(db, ContactChange, col(ContactChange.name) == "Ola Berg") > 0
    erase(db, ask(db, neighbours.ola, Scope.ACCOUNT, clock, at_once=True))
    assert count(db, ContactChange, col(ContactChange.name) == "Ola Berg") == 0


def test_one_person_in_two_roles_loses_only_the_one(
    db: Session, neighbours: Neighbours, clock: datetime
):
    ola = neighbours.ola
    db.add(
        Member(
            user_id=ola.user,
            customer_id=neighbours.lists.people.nordlys,
            role=Role.COLLEAGUE.value,
            created_at=clock,
        )
    )
    db.flush()
    both = replace(ola, customer_id=neighbours.lists.people.nordlys, role=Role.COLLEAGUE)
    erase(db, ask(db, both, Scope.MEMBERSHIP, clock))
    assert count(db, Member, col(Member.user_id) == ola.user_id) == 0
    assert order_of(db, neighbours.lists.storgata) == ["Per Vik", "Ola Berg"]
    assert exists(db, ola)


def test_whoever_shares_the_mailbox_stays_on_the_list(
    db: Session, neighbours: Neighbours, clock: datetime
):
    per = db.get_one(AlarmContact, neighbours.per.contact_id)
    per.email = OLA
    db.add(per)
    db.flush()
    kept = preview(db, neighbours.ola, Scope.ACCOUNT, now=clock).inventory.kept
    assert [each.kind for each in kept if each.because == UNPROVEN_REASON] == ["contact-email"]
    erase(db, ask(db, neighbours.ola, Scope.ACCOUNT, clock, at_once=True))
    assert order_of(db, neighbours.lists.storgata) == ["Per Vik"]


def test_the_preview_names_the_sites_where_nobody_else_can_be_called(
    db: Session, neighbours: Neighbours, clock: datetime
):
    found = preview(db, neighbours.ola, Scope.ACCOUNT, now=clock)
    assert found.contact_of == ("Nordlys Bakeri AS",)
    assert found.last_at == ()
    assert found.may_go_at_once
    db.execute(
        update(CallListEntry)
        .where(col(CallListEntry.id) == neighbours.per.entry_id)
        .values(answer="declined")
    )
    assert len(preview(db, neighbours.ola, Scope.ACCOUNT, now=clock).last_at) == 1


# A customer's account


def test_closing_ends_the_team_and_leaves_the_alarm(
    db: Session, neighbours: Neighbours, clock: datetime
):
    nordlys = neighbours.lists.people.nordlys
    deletion = ask(db, neighbours.kari, Scope.CUSTOMER, clock)
    assert erase(db, deletion)
    assert count(db, Member, col(Member.customer_id) == nordlys) == 0
    assert count(db, Site, col(Site.customer_id) == nordlys) == 2
    assert order_of(db, neighbours.lists.storgata) == ["Per Vik", "Ola Berg"]
    assert db.get_one(Customer, nordlys, populate_existing=True).closed_at == deletion.due_at
    assert exists(db, neighbours.kari), "the people keep their own accounts"
    for recipient in (KARI, TOR, "liv@nordlys.example"):
        assert "customer-closed" in kinds_to(db, recipient)


# Preview and certificate


def test_the_preview_tells_what_goes_and_what_stays_until_when(
    db: Session, neighbours: Neighbours, clock: datetime
):
    found = preview(db, neighbours.tor, Scope.ACCOUNT, now=clock)
    gone = {each.kind: each.rows for each in found.inventory.erased}
    assert gone["account"] == 1
    assert "request" not in gone, "nothing was asked of us"
    assert gone["team"] == 1
    kept = {each.kind: each for each in found.inventory.kept}
    assert kept["no-more"].until is None
    assert all(each.because for each in found.inventory.kept)


def test_the_certificate_proves_what_was_done_and_who_has_still_to_confirm(
    db: Session, neighbours: Neighbours, clock: datetime
):
    deletion = ask(db, neighbours.ola, Scope.ACCOUNT, clock, at_once=True)
    expected = preview(db, neighbours.ola, Scope.ACCOUNT, now=clock).inventory.erased
    erase(db, deletion)
    token = token_in(db, OLA, "deletion-done", "certificate")
    found = certificate(db, token, now=clock)
    assert len(found.erased) == len(expected)
    assert found.waits_for == ["The monitoring station, whose people answer the alarm"]
    version = station_state(db).version
    acknowledge_call_lists(db, system("monitoring station"), version=version, now=clock)
    assert confirmations.confirm_what_the_station_has(db, system("worker"), now=clock) == 1
    found = certificate(db, token, now=clock)
    assert found.waits_for == []
    assert len(found.confirmed) == 1
    with pytest.raises(CertificateGoneError):
        certificate(db, token, now=clock + timedelta(days=91))
    with pytest.raises(CertificateGoneError):
        certificate(db, "something else", now=clock)


def test_the_back_office_is_told_by_number_and_confirms(
    db: Session, neighbours: Neighbours, clock: datetime
):
    office = system("back office")
    deletion = ask(db, neighbours.kari, Scope.ACCOUNT, clock)
    erase(db, deletion)
    (notice,) = confirmations.to_be_confirmed(db, office)
    assert (notice.customer_number, notice.role) == ("10001", "owner")
    assert confirmations.confirm(db, office, [notice.deletion], now=clock) == 1
    assert confirmations.confirm(db, office, [notice.deletion], now=clock) == 0
    assert confirmations.to_be_confirmed(db, office) == []
    with pytest.raises(NotAllowedError):
        confirmations.to_be_confirmed(db, neighbours.nils)


def test_the_certificates_of_two_deletions_that_come_at_once_both_arrive(
    db: Session, neighbours: Neighbours, clock: datetime
):
    closing = ask(db, neighbours.kari, Scope.CUSTOMER, clock)
    account = ask(db, neighbours.kari, Scope.ACCOUNT, clock)
    for deletion_id in due_deletions(db, now=account.due_at):
        assert carry_out(db, deletion_id, now=account.due_at)
    assert kinds_to(db, KARI) == ["deletion-done", "deletion-done"]
    assert closing.erased_at == account.erased_at


def test_a_sole_trader_sees_that_the_contract_keeps_what_is_about_them(
    db: Session, neighbours: Neighbours, clock: datetime
):
    found = preview(db, neighbours.nils, Scope.ACCOUNT, now=clock).inventory.kept
    assert {"identity", "address", "sites"} <= {each.kind for each in found}
    of_company = preview(db, neighbours.kari, Scope.ACCOUNT, now=clock).inventory.kept
    assert "identity" not in {each.kind for each in of_company}


def test_the_last_mail_is_the_certificate(db: Session, neighbours: Neighbours, clock: datetime):
    erase(db, ask(db, neighbours.tor, Scope.ACCOUNT, clock))
    assert kinds_to(db, TOR) == ["deletion-done"]
    assert count(db, OutboxMessage, col(OutboxMessage.user_id) == neighbours.tor.user_id) == 0


def test_a_member_s_other_wishes_end_with_the_account(
    db: Session, neighbours: Neighbours, clock: datetime
):
    ask(db, neighbours.tor, Scope.MEMBERSHIP, clock)
    deletion = ask(db, neighbours.tor, Scope.ACCOUNT, clock)
    assert erase(db, deletion)
    assert due_deletions(db, now=deletion.due_at) == []
    assert count(db, DeletionNotice) == 1
