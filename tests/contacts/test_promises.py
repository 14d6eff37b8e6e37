"""Whatever members, contacts and the days do, in whatever order: the promises hold.

The machine does to the portal what people do, keeps its own account of it in a `Neighbourhood`,
and compares after every step. What must be refused is foretold, too.
"""

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlmodel import Session, col

from portal import limits
from portal.accounts.models import User
from portal.actor import Actor, system
from portal.contacts.adding import AlreadyOnListError, add_contact, add_known_contact
from portal.contacts.answering import accept, decline, not_me, take_back
from portal.contacts.bars import InvitationBarredError
from portal.contacts.contact_fields import Place as NewPlace
from portal.contacts.inviting import invite_again, remind, revoke
from portal.contacts.lists import call_list, known_contacts
from portal.contacts.models import (
    AlarmContact,
    Answer,
    CallList,
    CallListEntry,
    ContactChange,
)
from portal.contacts.moving import NothingToUndoError, move_contact, undo_move
from portal.contacts.own_alarms import (
    NotAcceptedError,
    answer_site,
    come_back,
    leave,
    my_alarms,
    pause,
)
from portal.contacts.removing import LastContactError, remove_contact
from portal.contacts.station import fetch_call_lists
from portal.contacts.watching import (
    forget_those_who_said_no,
    lists_to_tell_of,
    run_out_invitations,
    warn_of_untold,
    watch_call_lists,
)
from portal.database import get_engine
from portal.errors import (
    ChangedMeanwhileError,
    InvalidFieldsError,
    InvalidValueError,
    NotFoundError,
    PortalError,
)
from portal.invitations.limits import LIFE
from portal.invitations.models import Invitation
from portal.invitations.offers import (
    AlreadyInvitedError,
    AlreadyRemindedError,
    InvitationRefusedError,
    open_invitation,
)
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from tests.contacts.neighbourhood import (
    AGREED,
    House,
    Known,
    Mailed,
    Neighbourhood,
    Place,
    settle,
)
from tests.contacts.people import new_contact, token_in

T = TypeVar("T")
STATION = system("monitoring station")
MONTH = timedelta(days=30)
INVITING = {"contact-invitation", "contact-reminder", "contact-another-site"}
some = st.just(0) | st.integers(0, 59)  # one of however many there are, often the first
site = st.sampled_from([0, 3, 0, 3, 1, 2, 4, 5])  # often one of the first customer's
sure = st.sampled_from([True, True, False])


@dataclass(frozen=True)
class Kept:
    """What the database holds of one customer's lists, besides the station's versions."""

    rows: frozenset[Any]
    lines: int


_ENTRIES = select(
    col(CallListEntry.customer_id),
    col(CallListEntry.id),
    col(CallListEntry.position),
    col(CallListEntry.answer),
    col(CallListEntry.answered_at),
    col(CallListEntry.paused_from),
)
_CONTACTS = select(
    col(AlarmContact.customer_id),
    col(AlarmContact.id),
    col(AlarmContact.email),
    col(AlarmContact.phone),
    col(AlarmContact.user_id),
    col(AlarmContact.invitation_state),
)


class Promises(RuleBasedStateMachine):
    """Members, contacts, the clock and the station, each doing what they may or may not do."""

    def __init__(self) -> None:
        super().__init__()
        self.db = Session(get_engine(), expire_on_commit=False)
        self.all: Neighbourhood
        self.kept: dict[UUID, Kept]
        self.versions: dict[UUID, int] = {}
        self.seen = 0  # the version up to which the station has the lists
        self.station: dict[UUID, list[tuple[Any, ...]]] = {}
        self.mailed: set[UUID] = set()
        self.new: list[OutboxMessage] = []  # what the last step mailed

    def teardown(self) -> None:
        self.db.rollback()
        self.db.close()

    @initialize(which=some)
    def ola_is_known_to_every_customer_and_has_said_yes_to_one(self, which: int) -> None:
        self.all = settle(self.db, datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
        self.kept = self.keep()
        self.name_a_person(where=0, who=1, whom=1)
        for where in reversed(range(len(self.all.houses))):
            self.name_a_person(where=where, who=0, whom=0)
        self.accept(which=which, whether=0, sure=True)

    # What members do

    @rule(where=site, who=some, whom=some)
    def name_a_person(self, where: int, who: int, whom: int) -> None:
        house, site_id, actor, inviter = self.member(where, who)
        person = one(self.all.persons, whom)
        named = [each for each in self.all.known() if each.house is house]
        refused: type[PortalError] | None = None
        if any(each.phone == person.phone for each in named):
            refused = InvalidFieldsError
        elif person.email and self.all.rests(house, person):
            refused = InvitationBarredError
        new = new_contact(person.name, person.phone, email=person.email)
        added = self.act(
            lambda: add_contact(self.db, actor, site_id, new, now=self.all.now),
            house,
            refused=refused,
            to={person.email},
        )
        if added is None:
            return
        known = Known(added.contact_id, house, person, person.email, person.phone, inviter)
        self.all.lists[site_id].append(Place(added.entry_id, known, site_id))
        self.all.list_changed(site_id)
        if person.email:
            self.was_invited(known, inviter)

    @precondition(lambda self: self.all.places())
    @rule(who=some, whom=some, stranger=st.sampled_from([False, False, False, True]))
    def name_a_known_person_at_the_other_site(self, who: int, whom: int, stranger: bool) -> None:
        """`stranger`: the next customer tries."""
        known = one(self.all.known(), whom)
        house = one(self.all.houses, self.all.houses.index(known.house) + stranger)
        here = self.all.places_of(known)[0].site_id
        site_id = next(each for each in house.sites if each != here)
        actor = one(house.members, who)
        refused: type[PortalError] | None = None
        if known.house is not house:
            refused = NotFoundError
        elif any(place.known is known for place in self.all.lists[site_id]):
            refused = AlreadyOnListError
        elif not known.phone:
            refused = NotFoundError
        elif self.all.rests(house, known.person):
            refused = InvitationBarredError
        place = NewPlace(role="cancel")
        added = self.act(
            lambda: add_known_contact(
                self.db, actor, site_id, known.contact_id, place, now=self.all.now
            ),
            house,
            refused=refused,
            to={known.person.email} if known.has_account else set(),
        )
        if added:
            self.all.lists[site_id].append(Place(added.entry_id, known, site_id))
            self.all.list_changed(site_id)

    @precondition(lambda self: self.all.places())
    @rule(who=some, whom=some)
    def remind(self, who: int, whom: int) -> None:
        known, actor, _ = self.member_of_known(who, whom)
        pending = self.all.pending(known)
        refused: type[PortalError] | None = None
        if pending is None or not pending.may_be_answered(self.all.now):
            refused = InvitationRefusedError
        elif len(pending.tokens) > 1:
            refused = AlreadyRemindedError
        self.act(
            lambda: remind(self.db, actor, known.contact_id, now=self.all.now),
            known.house,
            refused=refused,
            to={known.email},
        )
        if refused is None and pending:
            pending.tokens.append(self.token("contact-reminder"))

    @precondition(lambda self: self.all.places())
    @rule(who=some, whom=some)
    def invite_again(self, who: int, whom: int) -> None:
        known, actor, inviter = self.member_of_known(who, whom)
        pending = self.all.pending(known)
        refused: type[PortalError] | None = None
        answers = {place.answer for place in self.all.places_of(known)}
        if not known.email:
            refused = InvalidValueError
        elif known.has_account or answers != {Answer.NONE}:
            refused = InvitationRefusedError
        elif self.all.rests(known.house, known.person):
            refused = InvitationBarredError
        elif pending and pending.may_be_answered(self.all.now):
            refused = AlreadyInvitedError
        self.act(
            lambda: invite_again(self.db, actor, known.contact_id, now=self.all.now),
            known.house,
            refused=refused,
            to={known.email},
        )
        if refused is None:
            self.all.end_all(known)
            self.was_invited(known, inviter)

    @precondition(lambda self: self.all.invitations)
    @rule(who=some, which=some)
    def revoke(self, who: int, which: int) -> None:
        known = one(self.all.invitations, which).known
        actor = one(known.house.members, who)
        pending = self.all.pending(known)
        refused: type[PortalError] | None = None
        if not self.all.places_of(known):
            refused = NotFoundError
        elif pending is None:
            refused = InvitationRefusedError
        self.act(
            lambda: revoke(self.db, actor, known.contact_id, now=self.all.now),
            known.house,
            refused=refused,
        )
        if refused is None and pending:
            pending.state = "over"

    @precondition(lambda self: self.all.places())
    @rule(who=some, which=some, to=st.integers(0, 5), stale=st.booleans())
    def move(self, who: int, which: int, to: int, stale: bool) -> None:
        place = one(self.all.places(), which)
        actor = one(place.known.house.members, who)
        version = self.versions[place.site_id] - stale
        self.act(
            lambda: move_contact(
                self.db, actor, place.entry_id, to=to, version=version, now=self.all.now
            ),
            place.known.house,
            refused=ChangedMeanwhileError if stale else None,
        )
        if not stale:
            listed = self.all.lists[place.site_id]
            self.all.order_before[place.site_id] = list(listed)
            listed.remove(place)
            listed.insert(max(to, 1) - 1, place)

    @precondition(lambda self: any(self.all.order_before.values()))
    @rule(where=site, who=some, stale=st.booleans())
    def undo_a_move(self, where: int, who: int, stale: bool) -> None:
        house, site_id, actor, _ = self.member(where, who)
        before = self.all.order_before[site_id]
        version = self.versions.get(site_id, 0) - stale
        refused: type[PortalError] | None = None
        if stale:
            refused = ChangedMeanwhileError
        elif before is None:
            refused = NothingToUndoError
        self.act(
            lambda: undo_move(self.db, actor, site_id, version=version, now=self.all.now),
            house,
            refused=refused,
        )
        if refused is None and before:
            self.all.lists[site_id] = before
            self.all.list_changed(site_id)

    @precondition(lambda self: self.all.places())
    @rule(who=some, which=some, sure=sure)
    def remove(self, who: int, which: int, sure: bool) -> None:
        place = one(self.all.places(), which)
        actor = one(place.known.house.members, who)
        refused = LastContactError if self.all.is_last(place) and not sure else None
        told = place.answer is Answer.ACCEPTED
        self.act(
            lambda: remove_contact(self.db, actor, place.entry_id, sure=sure, now=self.all.now),
            place.known.house,
            refused=refused,
            to={place.known.person.email} if told else set(),
            sure=sure,
        )
        if refused is None:
            self.all.take_off(place)
            self.all.list_changed(place.site_id)

    # What an invited person does by the mailed link

    @precondition(lambda self: self.all.invitations)
    @rule(which=some, whether=some, sure=sure)
    def accept(self, which: int, whether: int, sure: bool) -> None:
        mailed, token, places = self.opened(which)
        yes = [place for bit, place in enumerate(places) if (whether + 1) >> bit & 1] or places
        refusing = [place for place in places if place not in yes]
        refused: type[PortalError] | None = None
        if not mailed.may_be_answered(self.all.now):
            refused = InvitationRefusedError
        elif any(self.all.is_last(place) for place in refusing) and not sure:
            refused = LastContactError
        acting = mailed.known.person.acting
        user = self.db.get_one(User, acting.user) if acting else None
        self.act(
            lambda: accept(
                self.db,
                token,
                yes={place.entry_id for place in yes},
                user=user,
                sure=sure,
                now=self.all.now,
            ),
            mailed.known.house,
            refused=refused,
            to=self.customer_of(mailed.known, mailed.invited_by),
            sure=sure,
        )
        if refused is None:
            for place in places:
                self.all.say(place, Answer.ACCEPTED if place in yes else Answer.DECLINED)
            mailed.known.has_account = acting is not None
            self.all.end_all(mailed.known)
            self.all.list_changed(*(place.site_id for place in places))

    @precondition(lambda self: any(each.state == "pending" for each in self.all.invitations))
    @rule(which=some, sure=sure)
    def decline(self, which: int, sure: bool) -> None:
        mailed, token, places = self.opened(which)
        refused: type[PortalError] | None = None
        if not mailed.may_be_answered(self.all.now):
            refused = InvitationRefusedError
        elif any(self.all.is_last(place) for place in places) and not sure:
            refused = LastContactError
        self.act(
            lambda: decline(self.db, token, sure=sure, now=self.all.now),
            mailed.known.house,
            refused=refused,
            to=self.customer_of(mailed.known, mailed.invited_by),
            sure=sure,
        )
        if refused is None:
            for place in places:
                self.all.say(place, Answer.DECLINED)
            mailed.state = "declined"
            self.all.list_changed(*(place.site_id for place in places))

    @precondition(lambda self: any(each.state == "declined" for each in self.all.invitations))
    @rule(which=some)
    def take_a_no_back(self, which: int) -> None:
        mailed, token, places = self.opened(which, "declined")
        declined = mailed.state == "declined" and mailed.may_be_opened(self.all.now)
        self.act(
            lambda: take_back(self.db, token, now=self.all.now),
            mailed.known.house,
            refused=None if declined else InvitationRefusedError,
        )
        if declined:
            for place in places:
                place.answer, place.answered_at = Answer.NONE, None
            mailed.state = "pending"
            del self.all.said_no[(mailed.known.house.customer_id, mailed.known.person.name)]
            self.all.list_changed(*(place.site_id for place in places))

    @precondition(lambda self: any(each.state == "pending" for each in self.all.invitations))
    @rule(which=some)
    def say_not_me(self, which: int) -> None:
        mailed, token, _ = self.opened(which)
        refused = not mailed.may_be_answered(self.all.now)
        self.act(
            lambda: not_me(self.db, token, now=self.all.now),
            mailed.known.house,
            refused=InvitationRefusedError if refused else None,
            to=self.customer_of(mailed.known, mailed.invited_by),
        )
        if not refused:
            mailed.known.email = ""
            mailed.state = "over"

    # What a contact with an account does

    @precondition(lambda self: self.of_accounts())
    @rule(which=some, first=st.integers(0, 2), days=st.integers(0, 20), sure=sure)
    def pause(self, which: int, first: int, days: int, sure: bool) -> None:
        place, actor = self.own(which)
        begins = self.all.now.date() + timedelta(days=first)
        away = (begins, begins + timedelta(days=days))
        refused = self.refused_as_own(place, sure=sure)
        if refused is not NotFoundError and place.answer is not Answer.ACCEPTED:
            refused = NotAcceptedError
        self.act(
            lambda: pause(
                self.db,
                actor,
                place.entry_id,
                first=away[0],
                last=away[1],
                sure=sure,
                now=self.all.now,
            ),
            place.known.house,
            refused=refused,
            to=self.customer_of(place.known, place.known.told_by),
            sure=sure,
        )
        if refused is None:
            place.pause = away
            self.all.list_changed(place.site_id)

    @precondition(lambda self: any(place.pause for place in self.of_accounts()))
    @rule(which=some)
    def come_back(self, which: int) -> None:
        place, actor = self.own(which)
        refused = self.refused_as_own(place, sure=True)
        self.act(
            lambda: come_back(self.db, actor, place.entry_id, now=self.all.now),
            place.known.house,
            refused=refused,
            to=self.customer_of(place.known, place.known.told_by),
        )
        if refused is None and place.pause:
            place.pause = None
            self.all.list_changed(place.site_id)

    @precondition(lambda self: self.of_accounts())
    @rule(which=some, sure=sure)
    def leave(self, which: int, sure: bool) -> None:
        place, actor = self.own(which)
        refused = self.refused_as_own(place, sure=sure)
        self.act(
            lambda: leave(self.db, actor, place.entry_id, reason="", sure=sure, now=self.all.now),
            place.known.house,
            refused=refused,
            to=self.customer_of(place.known, place.known.told_by),
            sure=sure,
        )
        if refused is None:
            self.all.say(place, Answer.LEFT)
            place.pause = None
            self.all.list_changed(place.site_id)
            known = place.known
            if not any(each.answer in AGREED for each in self.all.places_of(known)):
                known.email, known.phone, known.has_account = "", "", False

    @precondition(lambda self: self.of_accounts())
    @rule(which=some, yes=st.booleans(), sure=sure)
    def answer_in_the_portal(self, which: int, yes: bool, sure: bool) -> None:
        place, actor = self.own(which)
        refused = self.refused_as_own(place, sure=sure or yes)
        self.act(
            lambda: answer_site(
                self.db, actor, place.entry_id, yes=yes, sure=sure, now=self.all.now
            ),
            place.known.house,
            refused=refused,
            to=self.customer_of(place.known, place.known.told_by),
            sure=sure,
        )
        if refused is None:
            self.all.say(place, Answer.ACCEPTED if yes else Answer.DECLINED)
            self.all.list_changed(place.site_id)

    # What the days do

    @rule(days=st.sampled_from([1, 3, 14, 31, 91]), jobs=st.booleans())
    def days_pass(self, days: int, jobs: bool) -> None:
        self.all.now += timedelta(days=days)
        if not jobs:
            return
        now, owners = self.all.now, {house.addresses[0] for house in self.all.houses}
        self.act(partial(self.run_jobs, now), *self.all.houses, to=owners)
        for each in self.all.invitations:
            if each.state == "pending" and now >= each.expires_at:
                each.state = "over"
        for known in self.all.known():
            places = self.all.places_of(known)
            if all(
                place.answer not in AGREED and place.answered_at and place.answered_at < now - MONTH
                for place in places
            ):
                for place in places:
                    self.all.take_off(place)
                self.all.list_changed(*(place.site_id for place in places))

    def run_jobs(self, now: datetime) -> None:
        run_out_invitations(self.db, now=now)
        watch_call_lists(self.db, lists_to_tell_of(self.db, now=now), now=now)
        warn_of_untold(self.db, now=now)
        forget_those_who_said_no(self.db, now=now, before=now - MONTH)

    # The promises

    @invariant()
    def places_count_from_one_without_gaps_and_everybody_stands_where_they_were_put(self) -> None:
        rows = self.rows(CallListEntry.site_id, CallListEntry.position, CallListEntry.id)
        listed = [
            (site, number, place.entry_id)
            for site, places in self.all.lists.items()
            for number, place in enumerate(places, start=1)
        ]
        assert sorted(rows) == sorted(listed)

    @invariant()
    def an_answer_stays_until_whoever_gave_it_says_otherwise(self) -> None:
        answers = dict(self.rows(CallListEntry.id, CallListEntry.answer))
        assert answers == {place.entry_id: place.answer.value for place in self.all.places()}

    @invariant()
    def the_station_that_asks_for_what_changed_has_whoever_may_be_called(self) -> None:
        answer = fetch_call_lists(self.db, STATION, since=self.seen, now=self.all.now)
        self.seen = answer.version
        for each in answer.call_lists:
            self.station[each.site_id] = [
                (one.name, one.phone, one.paused_from, one.paused_until) for one in each.people
            ]
        for site_id, places in self.all.lists.items():
            called = [
                (place.known.person.name, place.known.phone, *(place.pause or (None, None)))
                for place in places
                if place.answer in AGREED
            ]
            assert self.station.get(site_id, []) == called

    @invariant()
    def versions_never_go_down(self) -> None:
        versions = dict(self.rows(CallList.site_id, CallList.version))
        for site_id, before in self.versions.items():
            assert versions[site_id] >= before
        self.versions = versions

    @invariant()
    def nobody_has_two_pending_invitations_of_one_customer(self) -> None:
        found = self.rows(Invitation.customer_id, Invitation.email, Invitation.ended_at)
        pending = [(customer, email) for customer, email, ended_at in found if ended_at is None]
        assert len(pending) == len(set(pending))

    @invariant()
    def each_invitation_is_reminded_of_at_most_once(self) -> None:
        mails = Counter(self.rows(OutboxMessage.recipient, OutboxMessage.kind))
        for person in self.all.persons:
            invited = mails[(person.email, "contact-invitation")]
            assert mails[(person.email, "contact-reminder")] <= invited

    @invariant()
    def only_what_still_waits_can_be_opened(self) -> None:
        for mailed in self.all.invitations:
            opens = mailed.may_be_opened(self.all.now)
            for token in mailed.tokens:
                assert self.can_open(token) == opens

    @invariant()
    def each_customer_sees_its_own_contacts_and_no_others(self) -> None:
        """One customer after each step, and what the next one would see."""
        turn = len(self.mailed) + self.seen
        house, other = one(self.all.houses, turn), one(self.all.houses, turn + 1)
        actor = house.members[0]
        for site_id in house.sites:
            view = call_list(self.db, actor, site_id, now=self.all.now)
            mine = [place.entry_id for place in self.all.lists[site_id]]
            assert [line.entry_id for line in view.people] == mine
            offered = {each.contact_id for each in known_contacts(self.db, actor, site_id)}
            assert offered <= {
                each.contact_id for each in self.all.known() if each.house is house and each.phone
            }
        with pytest.raises(NotFoundError):
            call_list(self.db, actor, other.sites[0], now=self.all.now)

    @invariant()
    def contacts_see_every_place_of_their_own_and_no_others(self) -> None:
        for person in self.all.persons:
            if person.acting is None:
                continue
            mine = [
                place.entry_id
                for place in self.all.places()
                if place.known.person is person and place.known.has_account
            ]
            alarms = my_alarms(self.db, person.acting, now=self.all.now)
            assert sorted(alarm.entry_id for alarm in alarms) == sorted(mine)

    # How a step is taken

    def act(
        self,
        do: Callable[[], T],
        *concerned: House,
        refused: type[PortalError] | None = None,
        to: Set[str] = frozenset(),
        sure: bool = True,
    ) -> T | None:
        """Do it, or see it refused; then see that only these customers' rows changed, with a line
        in their history, and that mail left only for those addresses.
        """
        limits.forget_everything()
        reached = {site for site in self.all.lists if self.all.called(site)}
        if refused:
            with pytest.raises(refused), self.db.begin_nested():
                do()
            self.db.expunge_all()
            return None
        with self.db.begin_nested():
            result = do()
        self.db.expunge_all()
        before, self.kept = self.kept, self.keep()
        for house in self.all.houses:
            was, is_now = before[house.customer_id], self.kept[house.customer_id]
            if house not in concerned:
                assert is_now == was, "somebody else's list changed"
            elif is_now.rows != was.rows:
                assert is_now.lines > was.lines, "a change without a line in the history"
        if not sure:
            assert all(self.reachable(site) for site in reached), "the last contact vanished"
        self.look_at_the_mail(concerned, to - {""})
        return result

    def keep(self) -> dict[UUID, Kept]:
        """What the database holds of each customer's lists now."""
        rows: dict[UUID, set[Any]] = {house.customer_id: set() for house in self.all.houses}
        for table in (_ENTRIES, _CONTACTS):
            for row in self.db.execute(table):
                rows[row.customer_id].add(tuple(row))
        lines = Counter(customer for (customer,) in self.rows(ContactChange.customer_id))
        return {customer: Kept(frozenset(of), lines[customer]) for customer, of in rows.items()}

    def rows(self, *columns: Any) -> list[Any]:
        return [tuple(row) for row in self.db.execute(select(*columns))]

    def reachable(self, site_id: UUID) -> int:
        house = next(house for house in self.all.houses if site_id in house.sites)
        return call_list(self.db, house.members[0], site_id, now=self.all.now).reachable

    def look_at_the_mail(self, concerned: Sequence[House], to: Set[str]) -> None:
        self.new = [
            mail
            for mail in self.db.execute(select(OutboxMessage)).scalars()
            if mail.id not in self.mailed
        ]
        self.mailed |= {mail.id for mail in self.new}
        assert {mail.recipient for mail in self.new} <= to
        for mail in self.new:
            text = letter(mail).text
            strangers = [house.name for house in self.all.houses if house not in concerned]
            assert not any(name in text for name in strangers)
            for person in self.all.persons:
                if mail.recipient == person.email:
                    assert mail.kind not in INVITING or not self.all.rests(concerned[0], person)
                elif mail.recipient in {each.email for each in self.all.persons}:
                    assert person.name not in text

    def token(self, kind: str) -> str:
        """The token in the one mail of the step before."""
        (mail,) = self.new
        assert mail.kind == kind
        return token_in(letter(mail))

    def was_invited(self, known: Known, inviter: str) -> None:
        token = self.token("contact-invitation")
        self.all.invitations.insert(0, Mailed(known, inviter, self.all.now + LIFE, [token]))

    def can_open(self, token: str) -> bool:
        try:
            open_invitation(self.db, token, now=self.all.now)
        except InvitationRefusedError:
            return False
        return True

    # Who and what a step is about

    def member(self, where: int, who: int) -> tuple[House, UUID, Actor, str]:
        """A customer, one of its sites, and one of its members with their address."""
        house = one(self.all.houses, where)
        site_id = one(house.sites, where // len(self.all.houses))
        return house, site_id, one(house.members, who), one(house.addresses, who)

    def member_of_known(self, who: int, whom: int) -> tuple[Known, Actor, str]:
        known = one(self.all.known(), whom)
        return known, one(known.house.members, who), one(known.house.addresses, who)

    def opened(self, which: int, first: str = "pending") -> tuple[Mailed, str, list[Place]]:
        """An invitation, one of its links, and the places that it is about."""
        mailed = one(sorted(self.all.invitations, key=lambda each: each.state != first), which)
        return mailed, one(mailed.tokens, which), self.all.places_of(mailed.known)

    def of_accounts(self) -> list[Place]:
        places = [place for place in self.all.places() if place.known.has_account]
        return sorted(places, key=lambda place: place.answer not in AGREED)

    def own(self, which: int) -> tuple[Place, Actor]:
        place = one(self.of_accounts(), which)
        assert place.known.person.acting
        return place, place.known.person.acting

    def refused_as_own(self, place: Place, *, sure: bool) -> type[PortalError] | None:
        if place.answer not in AGREED:
            return NotFoundError
        return LastContactError if self.all.is_last(place) and not sure else None

    def customer_of(self, known: Known, also: str) -> set[str]:
        """Who of the customer is told: the owner, and the member who named the person."""
        return {known.house.addresses[0], also}


def one(of: Sequence[T], number: int) -> T:
    return of[number % len(of)]


def letter(mail: OutboxMessage) -> Letter:
    assert mail.body
    return Letter.opened(mail.body)


def test_promises_hold_whatever_people_do_in_whatever_order(database: str) -> None:
    run_state_machine_as_test(
        Promises,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
