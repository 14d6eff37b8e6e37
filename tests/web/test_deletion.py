"""Deleting one's data over HTTP, as Kari, Tor and Ola do it, and as others must not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from portal.accounts.models import SignInSession, User
from portal.contacts.models import AlarmContact
from portal.database import reading, transaction
from portal.jobs import erase_due
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.privacy.models import Deletion
from tests.people import KARI, NILS, OLA, SIRI, TOR, user
from tests.visitors import Browser, Browsers, title

pytestmark = pytest.mark.usefixtures("inhabited")


def letter_to(recipient: str, kind: str) -> Letter:
    with reading() as db:
        found = select(OutboxMessage).where(
            col(OutboxMessage.recipient) == recipient, col(OutboxMessage.kind) == kind
        )
        mail = db.exec(found.order_by(col(OutboxMessage.created_at).desc())).first()
    assert mail is not None, f"no {kind} for {recipient}"
    assert mail.body is not None
    return Letter.opened(mail.body)


def link_in(letter: Letter, purpose: str) -> str:
    found = re.search(rf"/go/{purpose}/[\w-]+", letter.text)
    assert found
    return found[0]


def exists(email: str) -> bool:
    with reading() as db:
        return db.exec(select(User).where(col(User.email) == email)).first() is not None


def waiting() -> list[Deletion]:
    with reading() as db:
        open_ones = (col(Deletion.kept_at).is_(None), col(Deletion.erased_at).is_(None))
        return list(db.exec(select(Deletion).where(*open_ones)))


def delete(visitor: Browser, scope: str = "account", **fields: str):
    return visitor.submit("/auth/delete", scope=scope, locale="en", **fields)


def make_stale(email: str) -> None:
    """Let the last proof of identity be eleven minutes old."""
    with transaction() as db:
        then = datetime.now(UTC) - timedelta(minutes=11)
        mine = col(SignInSession.user_id) == user(db, email).id
        db.execute(update(SignInSession).where(mine).values(authenticated_at=then))


def test_each_is_offered_what_they_may_delete(browsers: Browsers):
    def offered(email: str) -> set[str]:
        page = browsers().sign_in_as(email).get("/en/data/delete")
        return set(re.findall(r"/en/data/delete/(\w+)", page.text))

    assert offered(KARI) == {"membership", "account", "customer"}
    assert offered(TOR) == {"membership", "account"}
    assert offered(OLA) == {"account"}


def test_what_somebody_may_not_delete_is_not_found(browsers: Browsers):
    tor, ola = browsers().sign_in_as(TOR), browsers().sign_in_as(OLA)
    assert tor.get("/en/data/delete/customer").status_code == 404
    assert ola.get("/en/data/delete/membership").status_code == 404
    assert delete(tor, "customer", confirmation="Nordlys Bakeri AS").status_code == 404
    assert delete(ola, "nonsense", confirmation=OLA).status_code == 404
    assert browsers().sign_in_as(SIRI).get("/en/data/delete").status_code == 404
    assert waiting() == []


def test_the_password_comes_first(browsers: Browsers):
    tor = browsers().sign_in_as(TOR)
    make_stale(TOR)
    answer = tor.get("/en/data/delete/account")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/confirm-identity?next=/en/data/delete/account"
    assert delete(tor, confirmation=TOR).status_code == 303
    assert waiting() == []


def test_after_the_password_the_preview_follows(browsers: Browsers):
    tor = browsers().sign_in_as(TOR)
    make_stale(TOR)
    wanted = "/en/data/delete/account"
    answer = tor.submit(
        "/auth/confirm-identity", password="nordic-demo-2026", next=wanted, locale="en"
    )
    assert answer.headers["location"] == wanted
    assert title(tor.get(wanted)) == "Delete my whole account"


def test_a_wrong_word_deletes_nothing_and_loses_nothing(browsers: Browsers):
    answer = delete(browsers().sign_in_as(TOR), confirmation="Tor")
    assert answer.status_code == 422
    assert 'value="Tor"' in answer.text
    assert "Type it as it stands above" in answer.text
    assert title(answer) == "Delete my whole account"
    assert waiting() == []


def test_what_is_wrong_is_said_in_the_reader_s_language(browsers: Browsers):
    tor = browsers().sign_in_as(TOR)
    answer = tor.submit("/auth/delete", scope="account", locale="nb", confirmation="Tor")
    assert "Type it as it stands above" not in answer.text
    assert "Slett hele kontoen min" in answer.text


def test_asking_twice_is_told(browsers: Browsers):
    tor = browsers().sign_in_as(TOR)
    assert delete(tor, confirmation=TOR).headers["location"] == "/en/data"
    again = delete(tor, confirmation=TOR)
    assert again.status_code == 409
    assert "asked for that already" in again.text
    assert len(waiting()) == 1


def test_the_mailed_link_shows_a_button_and_the_button_keeps_everything(browsers: Browsers):
    delete(browsers().sign_in_as(TOR), confirmation=TOR)
    stranger = browsers()
    link = link_in(letter_to(TOR, "deletion-asked"), "keep-account")
    for _ in range(2):
        assert stranger.head(link).status_code == 303
        assert stranger.get(link).headers["location"] == "/en/keep-account"
    page = stranger.get("/en/keep-account")
    assert "Your whole account will be deleted on" in page.text
    assert "Keep my account" in page.text
    assert len(waiting()) == 1, "looking changes nothing"
    done = stranger.submit("/auth/keep-account", locale="en")
    assert done.headers["location"] == "/en/keep-account/done"
    assert title(stranger.get("/en/keep-account/done")) == "Nothing will be deleted"
    assert waiting() == []
    stranger.get(link)
    late = stranger.get("/en/keep-account")
    assert (late.status_code, title(late)) == (410, "Nothing waits any more")


def test_the_link_is_for_one_purpose(browsers: Browsers):
    delete(browsers().sign_in_as(TOR), confirmation=TOR)
    token = link_in(letter_to(TOR, "deletion-asked"), "keep-account").rpartition("/")[2]
    stranger = browsers()
    for purpose, page in (("reset-password", "reset-password/new"), ("activate", "activate")):
        stranger.get(f"/go/{purpose}/{token}")
        assert stranger.get(f"/en/{page}").status_code == 410
    stranger.get(f"/go/certificate/{token}")
    assert stranger.get("/en/deletion-certificate").status_code == 410


def test_an_alarm_contact_is_gone_with_the_answer(browsers: Browsers):
    ola = browsers().sign_in_as(OLA)
    wrong = delete(ola, confirmation="somebody else", when="now")
    assert re.search(r'<input[^>]*checked[^>]*value="now"|value="now"[^>]*checked', wrong.text)
    answer = delete(ola, confirmation=OLA, when="now")
    assert answer.headers["location"] == "/en/data/deleted"
    assert title(ola.get("/en/data/deleted")) == "Your data are deleted"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert not ola.session
    assert not exists(OLA)
    with reading() as db:
        assert db.exec(select(AlarmContact).where(col(AlarmContact.email) == OLA)).first() is None
    stranger = browsers()
    stranger.get(link_in(letter_to(OLA, "deletion-done"), "certificate"))
    page = stranger.get("/en/deletion-certificate")
    assert title(page) == "Certificate of deletion"
    assert "has not confirmed yet" in page.text
    assert "Ola" not in page.text
    assert OLA not in page.text


def test_a_member_cannot_skip_the_cooling_off(browsers: Browsers):
    answer = delete(browsers().sign_in_as(TOR), confirmation=TOR, when="now")
    assert answer.status_code == 404
    assert exists(TOR)
    assert waiting() == []


def test_the_session_of_whoever_was_erased_is_worthless(browsers: Browsers):
    tor = browsers().sign_in_as(TOR)
    delete(tor, confirmation=TOR)
    assert erase_due(datetime.now(UTC) + timedelta(days=14, minutes=1)) == 1
    answer = tor.get("/en/data")
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["location"]


def test_names_are_inert_in_preview_and_mail(browsers: Browsers):
    evil = "</a> https://evil.example <script>alert(1)</script>"
    with transaction() as db:
        from portal.customers.models import Customer

        db.execute(update(Customer).where(col(Customer.number) != "").values(name=evil))
    kari = browsers().sign_in_as(KARI)
    page = kari.get("/en/data/delete/customer")
    assert "<script" not in page.text
    delete(kari, "customer", confirmation=evil)
    letter = letter_to(KARI, "deletion-asked")
    assert "<script" not in letter.html
    assert "https://evil.example" not in letter.text


def test_nobody_reads_or_keeps_another_s(browsers: Browsers):
    delete(browsers().sign_in_as(KARI), "customer", confirmation="Nordlys Bakeri AS")
    nils = browsers().sign_in_as(NILS)
    assert "Nordlys" not in nils.get("/en/data/delete/customer").text
    assert nils.submit("/auth/keep-account", locale="en").status_code == 410
    assert len(waiting()) == 1
