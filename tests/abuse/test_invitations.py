"""Invitations over HTTP: what scanners, strangers, other accounts and replays can do with one."""

import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import col, func, select

from portal import limits
from portal.accounts.models import User
from portal.contacts.inviting import invite_again, remind, revoke
from portal.contacts.models import Answer, CallListEntry, InvitationBar
from portal.contacts.removing import remove_contact
from portal.database import transaction
from portal.errors import TooManyAttemptsError
from portal.invitations.limits import INVITATION_PER_RECIPIENT, LIFE, OPEN_PER_CUSTOMER
from portal.invitations.models import Invitation
from portal.invitations.offers import TooManyInvitationsError
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from tests import people
from tests.guests import Guest
from tests.people import AUD, KARI, NILS
from tests.visitors import HERE, Browser, Browsers, title

PASSWORD = "fire-fjell-og-en-fjord"
_ENTRY = col(CallListEntry.id)
REFUSAL = "This link no longer works"


@pytest.fixture(autouse=True)
def fresh_limits(inhabited: str) -> None:
    limits.forget_everything()


def opened(visitor: Browser, link: str) -> httpx.Response:
    """Follow the link as a browser does; the answer is the page it leads to."""
    answer = visitor.get(link)
    assert answer.status_code == 303
    return visitor.get(answer.headers["location"])


def accept(visitor: Browser, guest: Guest) -> httpx.Response:
    """Say yes with a new account; the link was opened before."""
    step = visitor.submit("/auth/invitation/accept", locale="en", **{guest.field: "yes"})
    if step.status_code != 200:
        return step
    return visitor.submit(
        "/auth/invitation/password", locale="en", new_password=PASSWORD, **{guest.field: "yes"}
    )


def has_account(email: str) -> bool:
    with transaction() as db:
        return db.exec(select(User).where(User.email == email)).first() is not None


def everything() -> list[object]:
    """All that an answer could change."""
    with transaction() as db:
        return [
            db.exec(select(CallListEntry.id, CallListEntry.answer).order_by(_ENTRY)).all(),
            db.exec(select(Invitation.id, Invitation.outcome).order_by(col(Invitation.id))).all(),
            db.exec(select(func.count()).select_from(User)).one(),
            db.exec(select(func.count()).select_from(OutboxMessage)).one(),
            db.exec(select(func.count()).select_from(InvitationBar)).one(),
        ]


def is_refused(answer: httpx.Response) -> bool:
    return answer.status_code == 410 and REFUSAL in title(answer)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_mail_scanner_answers_for_nobody(browsers: Browsers, method: str) -> None:
    guest = Guest("scanner@guest.example")
    before = everything()
    scanner = browsers(follow_redirects=True)
    for _ in range(3):
        assert scanner.request(method, guest.link).status_code == 200
        scanner.request(method, "/en/invitation")
        for step in ("accept", "decline", "take-back", "not-me", "password", "sign-in"):
            assert scanner.request(method, f"/auth/invitation/{step}").status_code in {404, 405}
    assert everything() == before
    assert "alarm contact" in title(opened(browsers(), guest.link)), "it is good for its reader"


def test_the_token_leaves_the_address_at_once_and_tells_nobody(
    browsers: Browsers, caplog: pytest.LogCaptureFixture
) -> None:
    guest = Guest("address@guest.example")
    token = guest.link.split("/")[-1].split("?")[0]
    visitor = browsers()
    with caplog.at_level(logging.DEBUG):
        caplog.set_level(logging.WARNING, logger="httpx")  # the test's own client
        first = visitor.get(guest.link)
        page = visitor.get(first.headers["location"])
    assert token not in first.headers["location"]
    assert token not in page.text
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    assert token not in caplog.text


def test_an_accepted_invitation_is_refused_plainly_and_makes_no_second_account(
    browsers: Browsers,
) -> None:
    guest = Guest("accepted@guest.example")
    reader = browsers()
    opened(reader, guest.link)
    assert accept(reader, guest).headers["location"] == "/en/my-alarms"
    before = everything()
    stranger = browsers()
    assert is_refused(opened(stranger, guest.link))
    assert is_refused(accept(stranger, guest))
    assert is_refused(stranger.submit("/auth/invitation/decline", locale="en"))
    assert everything() == before


def test_a_revoked_invitation_is_refused_plainly(browsers: Browsers) -> None:
    guest = Guest("revoked@guest.example")
    reader = browsers()
    opened(reader, guest.link)
    with transaction() as db:
        revoke(db, guest.inviter, guest.added.contact_id, now=datetime.now(UTC))
    assert is_refused(accept(reader, guest))
    assert is_refused(opened(browsers(), guest.link))
    assert not has_account(guest.email)


def test_an_invitation_to_somebody_who_was_removed_is_refused_plainly(browsers: Browsers) -> None:
    guest = Guest("removed@guest.example")
    link = guest.link
    reader = browsers()
    opened(reader, link)
    with transaction() as db:
        remove_contact(db, guest.inviter, guest.added.entry_id, sure=True, now=datetime.now(UTC))
    assert is_refused(accept(reader, guest))
    assert is_refused(opened(browsers(), link))
    assert not has_account(guest.email)


@pytest.mark.parametrize(("seconds_left", "good"), [(60, True), (-1, False)])
def test_an_invitation_lives_fourteen_days(
    browsers: Browsers, seconds_left: int, good: bool
) -> None:
    made = datetime.now(UTC) - LIFE + timedelta(seconds=seconds_left)
    guest = Guest(f"old{seconds_left}@guest.example", made=made)
    reader = browsers()
    assert is_refused(opened(reader, guest.link)) is not good
    assert is_refused(accept(reader, guest)) is not good
    assert has_account(guest.email) is good


def test_another_account_is_not_bound_to_the_invitation(browsers: Browsers) -> None:
    guest = Guest("mine@guest.example")
    nils = browsers().sign_in_as(NILS)
    opened(nils, guest.link)
    refused = nils.submit("/auth/invitation/accept", locale="en", **{guest.field: "yes"})
    assert refused.status_code == 409
    assert NILS in refused.text
    assert guest.email in refused.text, "the way forward"
    assert guest.answer == Answer.NONE
    contact = guest.contact()
    assert contact is not None
    assert contact.user_id is None
    assert "My alarms" not in nils.get("/en/overview").text


def test_another_account_s_password_opens_nothing(browsers: Browsers) -> None:
    guest = Guest("password@guest.example")
    people.add_owner("Egen AS")
    reader = browsers()
    opened(reader, guest.link)
    refused = reader.submit(
        "/auth/invitation/sign-in",
        locale="en",
        email=KARI,
        password=people.PASSWORD,
        **{guest.field: "yes"},
    )
    assert refused.status_code == 422
    assert not reader.session
    assert guest.answer == Answer.NONE


def test_staff_cannot_be_alarm_contacts_with_their_account(browsers: Browsers) -> None:
    guest = Guest(AUD)
    aud = browsers().sign_in_as(AUD)
    assert opened(aud, guest.link).status_code == 409
    assert aud.submit("/auth/invitation/accept", **{guest.field: "yes"}).status_code == 409
    assert guest.answer == Answer.NONE


@pytest.mark.parametrize(
    "path",
    [
        "/go/activate",
        "/go/reset-password",
        "/go/confirm-email",
        "/go/undo-email",
    ],
)
def test_an_invitation_opens_nothing_else(browsers: Browsers, path: str) -> None:
    guest = Guest(f"other{len(path)}@guest.example")
    visitor = browsers(follow_redirects=True)
    answer = visitor.get(guest.link.replace("/go/invitation", path))
    assert is_refused(answer)


def test_another_link_is_no_invitation(browsers: Browsers) -> None:
    for token in ("x", "A" * 43, "../../etc", "%00"):
        answer = browsers(follow_redirects=True).get(f"/go/invitation/{token}?l=en")
        assert answer.status_code in {404, 410}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
@pytest.mark.parametrize("step", ["accept", "decline", "take-back", "not-me", "password"])
def test_a_foreign_page_answers_for_nobody(browsers: Browsers, origin: str, step: str) -> None:
    guest = Guest(f"{step}{len(origin)}@guest.example")
    reader = browsers()
    opened(reader, guest.link)
    before = everything()
    headers = {"Origin": origin} if origin else {}
    fields = {guest.field: "yes", "new_password": PASSWORD, "locale": "en"}
    forged = reader.post(f"/auth/invitation/{step}", data=fields, headers=headers)
    assert forged.status_code == 403
    assert everything() == before


def test_no_needs_no_account_and_a_second_press_changes_nothing(browsers: Browsers) -> None:
    guest = Guest("no@guest.example")
    reader = browsers()
    opened(reader, guest.link)
    said = reader.submit("/auth/invitation/decline", locale="en", sure="yes")
    assert "You said no" in title(said)
    assert guest.answer == Answer.DECLINED
    before = everything()
    again = reader.submit("/auth/invitation/decline", locale="en", sure="yes")
    assert "You said no" in title(again)
    assert everything() == before
    assert not has_account(guest.email)


def test_a_no_is_taken_back_only_with_the_link(browsers: Browsers) -> None:
    guest = Guest("back@guest.example")
    reader = browsers()
    opened(reader, guest.link)
    reader.submit("/auth/invitation/decline", locale="en", sure="yes")
    stranger = browsers()
    assert is_refused(stranger.submit("/auth/invitation/take-back", locale="en"))
    assert guest.answer == Answer.DECLINED
    assert reader.submit("/auth/invitation/take-back", locale="en").status_code == 303
    assert guest.answer == Answer.NONE


def test_this_is_not_me_takes_only_the_address_away_and_bars_nobody(browsers: Browsers) -> None:
    guest = Guest("wrong@guest.example")
    link = guest.link
    reader = browsers()
    opened(reader, link)
    assert reader.submit("/auth/invitation/not-me", locale="en").status_code == 200
    contact = guest.contact()
    assert contact is not None
    assert (contact.name, contact.email, contact.phone) == ("Ida Strand", "", "+4790000141")
    assert guest.answer == Answer.NONE
    with transaction() as db:
        barred = col(InvitationBar.customer_id) == guest.owner.customers[0]
        assert not db.exec(select(InvitationBar).where(barred)).all()
    assert is_refused(opened(browsers(), link))


def test_the_inviter_sees_the_same_whether_or_not_the_address_has_an_account(
    browsers: Browsers,
) -> None:
    known, unknown = Guest(people.add_owner("Kjent AS").email), Guest("unknown@guest.example")
    with transaction() as db:
        mails = [
            db.exec(
                select(OutboxMessage).where(
                    col(OutboxMessage.recipient) == guest.email,
                    col(OutboxMessage.kind) == "contact-invitation",
                )
            ).one()
            for guest in (known, unknown)
        ]
        assert [mail.user_id for mail in mails] == [None, None]
    texts = [
        Letter.opened(mail.body or "").text.replace(guest.link.split("/")[-1], "TOKEN")
        for mail, guest in zip(mails, (known, unknown), strict=True)
    ]
    assert texts[0] == texts[1]
    contacts = [guest.contact() for guest in (known, unknown)]
    assert [each.invitation_state for each in contacts if each] == ["invited", "invited"]
    assert [each.user_id for each in contacts if each] == [None, None]


def test_the_reminder_and_the_invitation_are_used_once_together(browsers: Browsers) -> None:
    guest = Guest("reminded@guest.example")
    first = guest.link
    with transaction() as db:
        remind(db, guest.inviter, guest.added.contact_id, now=guest.made + timedelta(seconds=1))
    second = guest.link
    assert first != second
    reader = browsers()
    opened(reader, second)
    assert accept(reader, guest).status_code == 303
    assert is_refused(opened(browsers(), first))


def test_one_address_gets_ten_invitations_a_day() -> None:
    email = "many@guest.example"
    for _ in range(INVITATION_PER_RECIPIENT.times):
        Guest(email)
    with pytest.raises(TooManyAttemptsError):
        Guest(email)


def test_a_customer_has_six_hundred_open_invitations_at_most() -> None:
    guest = Guest("first@guest.example")
    with transaction() as db:
        revoke(db, guest.inviter, guest.added.contact_id, now=guest.made)
        db.add_all(
            Invitation(
                customer_id=guest.owner.customers[0],
                kind="member",
                role="colleague",
                name="X",
                email=f"x{number}@guest.example",
                locale="en",
                token_hash=f"{guest.owner.user_id.hex}{number}",
                created_at=guest.made,
                expires_at=guest.made + LIFE,
            )
            for number in range(OPEN_PER_CUSTOMER)
        )
    with pytest.raises(TooManyInvitationsError), transaction() as db:
        invite_again(db, guest.inviter, guest.added.contact_id, now=guest.made)


def test_mails_lead_to_the_configured_address_whatever_host_is_asked(browsers: Browsers) -> None:
    guest = Guest("host@guest.example")
    forged = browsers().get(guest.link, headers={"Host": "evil.example"})
    assert forged.status_code == 421
    with transaction() as db:
        mail = db.exec(select(OutboxMessage).where(OutboxMessage.recipient == guest.email)).one()
        assert f"{HERE}/go/invitation/" in Letter.opened(mail.body or "").text
