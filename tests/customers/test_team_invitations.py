"""Inviting colleagues, and what they answer by the mailed link."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.passwords import choose
from portal.actor import Actor, Role, StaffRole
from portal.customers.joining import (
    OfferedMembership,
    accept_membership,
    decline_membership,
    note_returned,
    offered_membership,
    reconsider_membership,
)
from portal.customers.models import Member
from portal.customers.team import team
from portal.customers.team_invitations import (
    ColleagueInvitation,
    Standing,
    colleague_invitations,
    invite_again,
    invite_colleague,
    remind_colleague,
    revoke_colleague,
)
from portal.database import transaction
from portal.errors import (
    InvalidFieldsError,
    InvalidValueError,
    NotAllowedError,
    NotFoundError,
    TooManyAttemptsError,
)
from portal.invitations.acceptance import (
    StaffAccountError,
    WayIn,
    WrongAccountError,
    open_account,
)
from portal.invitations.models import Invitation
from portal.invitations.offers import (
    AlreadyInvitedError,
    AlreadyRemindedError,
    InvitationRefusedError,
    open_invitation,
    run_out,
)
from portal.limits import forget_everything
from portal.mail.models import MailState, OutboxMessage
from portal.notices import giving
from portal.notices.models import Audience
from tests.accounts.people import letter, mailed_token, mails, told
from tests.customers.people import People, add_people, add_user
from tests.customers.together import together

PER = "per@nordlys.example"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    forget_everything()


def invite(
    db: Session, actor: Actor, now: datetime, email: str = PER, role: str = "colleague"
) -> str:
    """Invite Per, and give back what his link carries."""
    invite_colleague(db, actor, name="Per Moen", email=email, role=role, locale="en", now=now)
    db.flush()
    return mailed_token(db, email.lower(), "team-invitation", "invitation")


def per(db: Session, now: datetime, email: str = PER) -> User:
    return add_user(db, "Per Moen", email, now)


def only(db: Session, actor: Actor, now: datetime) -> ColleagueInvitation:
    (found,) = colleague_invitations(db, actor, now=now)
    return found


def test_an_invited_colleague_gets_one_mail_that_says_who_asks_and_for_what(
    db: Session, people: People, clock: datetime
) -> None:
    invite(db, people.kari, clock, role="administrator")
    text = letter(db, PER, "team-invitation")
    for words in ("Kari Nordli", "Nordlys Bakeri AS", "As administrator", "/en/privacy"):
        assert words in text
    found = only(db, people.kari, clock)
    assert (found.name, found.email, found.role, found.inviter, found.standing) == (
        "Per Moen",
        PER,
        Role.ADMINISTRATOR,
        "Kari Nordli",
        Standing.INVITED,
    )


def test_whoever_accepts_is_a_member_in_the_offered_role(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.liv, clock)
    accept_membership(db, token, user=per(db, clock), now=clock)
    joined = next(each for each in team(db, people.kari) if each.name == "Per Moen")
    assert (joined.role, joined.activated) == (Role.COLLEAGUE, True)
    assert colleague_invitations(db, people.kari, now=clock) == []
    assert mails(db, "kari@nordlys.example") == mails(db, "liv@nordlys.example") == ["team-joined"]
    assert told(db)[-2:] == ["member invited", "member joined"]


def test_somebody_new_chooses_a_password_and_has_the_privacy_notice(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    assert offered_membership(db, token, now=clock).way_in is WayIn.NEW
    chosen = choose("lang fjord 4711 nord")
    user = open_account(db, open_invitation(db, token, now=clock), chosen, now=clock)
    accept_membership(db, token, user=user, now=clock)
    assert (user.email, user.name, user.activated_at) == (PER, "Per Moen", clock)
    assert giving.has_current(db, Audience.CUSTOMER, user_id=user.id)


def test_the_page_of_the_invitation_says_who_asks_whom(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    per(db, clock)
    assert offered_membership(db, token, now=clock) == OfferedMembership(
        declined=False,
        name="Per Moen",
        email=PER,
        locale="en",
        customer_name="Nordlys Bakeri AS",
        inviter_name="Kari Nordli",
        role=Role.COLLEAGUE,
        expires_at=clock + timedelta(days=14),
        way_in=WayIn.SIGN_IN,
    )


def test_looking_at_an_invitation_changes_nothing(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    for _time in range(3):
        offered_membership(db, token, now=clock)
    assert only(db, people.kari, clock).standing is Standing.INVITED


def test_administrators_invite_colleagues_only(
    db: Session, people: People, clock: datetime
) -> None:
    with pytest.raises(NotAllowedError):
        invite(db, people.liv, clock, role="administrator")
    invite(db, people.liv, clock)


def test_colleagues_invite_nobody(db: Session, people: People, clock: datetime) -> None:
    with pytest.raises(NotAllowedError):
        invite(db, people.tor, clock)
    with pytest.raises(NotAllowedError):
        colleague_invitations(db, people.tor, now=clock)


def test_everything_that_is_wrong_is_told_together(
    db: Session, people: People, clock: datetime
) -> None:
    with pytest.raises(InvalidFieldsError) as refused:
        invite_colleague(
            db, people.kari, name=" ", email="per", role="owner", locale="tlh", now=clock
        )
    assert {field: error.code for field, error in refused.value.fields.items()} == {
        "name": "name-required",
        "email": "email-no-at",
        "role": "role-required",
        "locale": "language-unknown",
    }


def test_a_mailbox_that_several_people_read_cannot_join(
    db: Session, people: People, clock: datetime
) -> None:
    with pytest.raises(InvalidFieldsError) as refused:
        invite(db, people.kari, clock, email="post@nordlys.example")
    assert refused.value.fields["email"].code == "email-shared"


def test_who_is_a_member_already_is_told_plainly(
    db: Session, people: People, clock: datetime
) -> None:
    with pytest.raises(InvalidFieldsError) as refused:
        invite(db, people.kari, clock, email="Tor@Nordlys.example")
    error = refused.value.fields["email"]
    assert (error.code, error.details) == ("already-member", {"name": "Tor Lie"})
    assert mails(db, "tor@nordlys.example") == []


def test_an_address_has_one_pending_invitation(
    db: Session, people: People, clock: datetime
) -> None:
    invite(db, people.kari, clock)
    with pytest.raises(AlreadyInvitedError):
        invite(db, people.liv, clock, email="PER@nordlys.example")
    assert mails(db, PER) == ["team-invitation"]


def test_two_customers_invite_the_same_person_without_knowing_of_each_other(
    db: Session, people: People, clock: datetime
) -> None:
    invite(db, people.kari, clock)
    invite(db, people.nils, clock)
    assert only(db, people.kari, clock).inviter == "Kari Nordli"
    assert only(db, people.nils, clock).inviter == "Nils Holm"


def test_one_address_is_invited_ten_times_a_day_at_most(
    db: Session, people: People, clock: datetime
) -> None:
    for _time in range(10):
        invite(db, people.kari, clock)
        revoke_colleague(db, people.kari, only(db, people.kari, clock).id, now=clock)
    with pytest.raises(TooManyAttemptsError):
        invite(db, people.nils, clock)


def seen_by_inviter(db: Session, people: People, email: str, now: datetime) -> tuple[object, ...]:
    invite(db, people.kari, now, email=email)
    found = only(db, people.kari, now)
    (mail,) = (row for row in _outbox(db, email))
    seen = (found.standing, found.reminded, found.may_change, mail.user_id, mail.kind)
    revoke_colleague(db, people.kari, found.id, now=now)
    return seen


def test_the_inviter_cannot_tell_whether_an_address_is_known(
    db: Session, people: People, clock: datetime
) -> None:
    staff = User(
        email="siri@support.example",
        name="Siri Dahl",
        locale="en",
        staff_role=StaffRole.AGENT.value,
        created_at=clock,
        activated_at=clock,
    )
    db.add(staff)
    db.flush()
    unknown, known, staffs = (
        seen_by_inviter(db, people, email, clock)
        for email in (PER, "nils@holm.example", "siri@support.example")
    )
    assert unknown == known == staffs


def test_staff_who_are_invited_join_no_team(db: Session, people: People, clock: datetime) -> None:
    siri = per(db, clock, "siri@support.example")
    siri.staff_role = StaffRole.AGENT.value
    token = invite(db, people.kari, clock, email="siri@support.example")
    with pytest.raises(StaffAccountError):
        offered_membership(db, token, now=clock)
    with pytest.raises(StaffAccountError):
        accept_membership(db, token, user=siri, now=clock)
    assert only(db, people.kari, clock).standing is Standing.INVITED


def test_an_invitation_is_not_bound_to_another_account(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    with pytest.raises(WrongAccountError):
        accept_membership(db, token, user=db.get_one(User, people.nils.user), now=clock)
    assert only(db, people.kari, clock).standing is Standing.INVITED


def test_a_reminder_is_sent_once_and_both_links_work(
    db: Session, people: People, clock: datetime
) -> None:
    first = invite(db, people.kari, clock)
    found = only(db, people.liv, clock)
    remind_colleague(db, people.liv, found.id, now=clock)
    assert only(db, people.kari, clock).reminded
    with pytest.raises(AlreadyRemindedError):
        remind_colleague(db, people.kari, found.id, now=clock)
    second = mailed_token(db, PER, "team-reminder", "invitation")
    assert first != second
    offered_membership(db, first, now=clock)
    accept_membership(db, second, user=per(db, clock), now=clock)
    with pytest.raises(InvitationRefusedError):
        offered_membership(db, first, now=clock)


def test_an_invitation_that_was_taken_back_leads_nowhere(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    found = only(db, people.kari, clock)
    revoke_colleague(db, people.kari, found.id, now=clock)
    for answer in (offered_membership, decline_membership, reconsider_membership):
        with pytest.raises(InvitationRefusedError):
            answer(db, token, now=clock)
    with pytest.raises(InvitationRefusedError):
        accept_membership(db, token, user=per(db, clock), now=clock)
    with pytest.raises(InvitationRefusedError):
        revoke_colleague(db, people.kari, found.id, now=clock)
    assert colleague_invitations(db, people.kari, now=clock) == []


def test_an_invitation_lasts_fourteen_days_to_the_second(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    end = clock + timedelta(days=14)
    offered_membership(db, token, now=end - timedelta(seconds=1))
    with pytest.raises(InvitationRefusedError):
        accept_membership(db, token, user=per(db, clock), now=end)


@pytest.mark.parametrize("job_has_run", [False, True])
def test_who_has_not_answered_in_time_can_be_invited_again(
    db: Session, people: People, clock: datetime, job_has_run: bool
) -> None:
    invite(db, people.kari, clock)
    found = only(db, people.kari, clock)
    with pytest.raises(InvitationRefusedError):
        invite_again(db, people.kari, found.id, now=clock)
    later = clock + timedelta(days=14)
    if job_has_run:
        run_out(db, now=later)
    assert only(db, people.kari, later).standing is Standing.NO_ANSWER
    invite_again(db, people.kari, found.id, now=later)
    assert only(db, people.kari, later).standing is Standing.INVITED
    assert mails(db, PER) == ["team-invitation", "team-invitation"]


def test_a_no_needs_no_account_and_can_be_taken_back(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    decline_membership(db, token, now=clock)
    decline_membership(db, token, now=clock)
    assert only(db, people.kari, clock).standing is Standing.DECLINED
    assert offered_membership(db, token, now=clock).declined
    with pytest.raises(InvitationRefusedError):
        accept_membership(db, token, user=per(db, clock), now=clock)
    reconsider_membership(db, token, now=clock)
    assert only(db, people.kari, clock).standing is Standing.INVITED
    assert told(db) == ["member invited", "member declined"]


def test_who_said_no_is_left_alone_for_thirty_days(
    db: Session, people: People, clock: datetime
) -> None:
    decline_membership(db, invite(db, people.kari, clock), now=clock)
    with pytest.raises(InvalidValueError) as refused:
        invite(db, people.kari, clock)
    end = clock + timedelta(days=30)
    assert (refused.value.code, refused.value.details["day"]) == ("invitation-barred", end)
    first = mailed_token(db, PER, "team-invitation", "invitation")
    invite(db, people.kari, end)
    with pytest.raises(InvitationRefusedError):
        reconsider_membership(db, first, now=clock)


def test_who_has_joined_by_another_way_keeps_their_role(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    user = per(db, clock)
    db.add(
        Member(
            user_id=user.id,
            customer_id=people.nordlys,
            role=Role.ADMINISTRATOR.value,
            created_at=clock,
        )
    )
    member = accept_membership(db, token, user=user, now=clock)
    assert member.role == Role.ADMINISTRATOR
    assert mails(db, "kari@nordlys.example") == []


def test_a_returned_mail_ends_the_invitation_and_the_team_sees_it(
    db: Session, people: People, clock: datetime
) -> None:
    token = invite(db, people.kari, clock)
    (mail,) = _outbox(db, PER)
    note_returned(db, mail, MailState.SENT, clock)
    assert only(db, people.kari, clock).standing is Standing.INVITED
    note_returned(db, mail, MailState.GIVEN_UP, clock)
    assert only(db, people.kari, clock).standing is Standing.RETURNED
    with pytest.raises(InvitationRefusedError):
        offered_membership(db, token, now=clock)
    invite(db, people.kari, clock)


def test_another_customers_invitation_and_none_at_all_answer_alike(
    db: Session, people: People, clock: datetime
) -> None:
    invite(db, people.kari, clock)
    theirs = only(db, people.kari, clock).id
    for identifier in (theirs, uuid4()):
        for act in (remind_colleague, revoke_colleague, invite_again):
            with pytest.raises(NotFoundError):
                act(db, people.nils, identifier, now=clock)


def test_administrators_leave_what_owners_offered_alone(
    db: Session, people: People, clock: datetime
) -> None:
    invite(db, people.kari, clock, role="administrator")
    found = only(db, people.liv, clock)
    assert not found.may_change
    for act in (remind_colleague, revoke_colleague):
        with pytest.raises(NotAllowedError):
            act(db, people.liv, found.id, now=clock)


def test_of_two_who_invite_the_same_person_at_once_one_does(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
    outcomes = together(
        *(lambda db, who=who: invite(db, who, clock) for who in (people.kari, people.liv))
    )
    assert sorted(outcomes) == ["already-invited", "done"]
    with transaction() as db:
        assert mails(db, PER) == ["team-invitation"]


def test_of_a_yes_and_a_taking_back_at_once_one_counts(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
        token = invite(db, people.kari, clock)
        user, found = per(db, clock), only(db, people.kari, clock).id
    outcomes = together(
        lambda db: accept_membership(db, token, user=db.get_one(User, user.id), now=clock),
        lambda db: revoke_colleague(db, people.kari, found, now=clock),
    )
    assert sorted(outcomes) == ["done", "invitation-ended"]
    with transaction() as db:
        outcome = db.exec(select(Invitation.outcome)).one()
        joined = "Per Moen" in {each.name for each in team(db, people.kari)}
    assert joined == (outcome == "accepted")


def test_two_answers_at_once_make_one_member(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
        token = invite(db, people.kari, clock)
        user = per(db, clock)
    outcomes = together(
        *[
            lambda db: accept_membership(db, token, user=db.get_one(User, user.id), now=clock)
            for _tab in range(2)
        ]
    )
    assert sorted(outcomes) == ["done", "invitation-ended"]


def _outbox(db: Session, email: str) -> list[OutboxMessage]:
    return list(db.exec(select(OutboxMessage).where(col(OutboxMessage.recipient) == email)))
