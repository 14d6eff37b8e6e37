"""Sessions over HTTP: planted, stolen, stale, ended."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import col, select

from portal.accounts.models import SignInSession
from portal.accounts.sessions import CUSTOMER_LIMITS, STAFF_LIMITS, Limits
from portal.actor import RECENT_SIGN_IN
from portal.database import transaction
from tests.people import KARI, NILS, OLA, PASSWORD, SIRI
from tests.visitors import Browser, Browsers

NEW = "fire-fjell-og-en-fjord"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def signed_in(visitor: Browser) -> bool:
    return visitor.get("/en/account").status_code == 200


def test_the_database_holds_no_session_that_could_be_used(
    browsers: Browsers, inhabited: str
) -> None:
    kari = browsers().sign_in_as(KARI)
    with transaction() as db:
        row = db.exec(select(SignInSession)).one()
    assert kari.session not in str(row.model_dump())
    thief = browsers()
    thief.carry(row.token_hash)
    assert not signed_in(thief)


@pytest.mark.parametrize(("email", "limits"), [(KARI, CUSTOMER_LIMITS), (SIRI, STAFF_LIMITS)])
def test_an_idle_session_ends(
    browsers: Browsers, inhabited: str, email: str, limits: Limits
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        visitor = browsers().sign_in_as(email)
        clock.shift(limits.idle - timedelta(seconds=1))
        assert signed_in(visitor), "and this counts as a sign of life"
        clock.shift(limits.idle - timedelta(seconds=1))
        assert signed_in(visitor)
        clock.shift(limits.idle)
        answer = visitor.get("/en/account")
        assert answer.headers["location"] == "/en/sign-in?next=/en/account"


@pytest.mark.parametrize(("email", "limits"), [(KARI, CUSTOMER_LIMITS), (SIRI, STAFF_LIMITS)])
def test_no_session_outlives_its_absolute_limit(
    browsers: Browsers, inhabited: str, email: str, limits: Limits
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        visitor = browsers().sign_in_as(email)
        end = NOW + limits.absolute
        while datetime.now(UTC) + limits.idle / 2 < end:
            assert signed_in(visitor)
            clock.shift(limits.idle / 2)
        clock.move_to(end)
        assert not signed_in(visitor)


def test_a_changed_password_signs_the_other_devices_out(browsers: Browsers, inhabited: str) -> None:
    here, phone, tablet = (browsers().sign_in_as(KARI) for _ in range(3))
    before = here.session
    done = here.submit("/auth/password", current_password=PASSWORD, new_password=NEW)
    assert (done.status_code, done.headers["location"]) == (303, "/en/account")
    assert signed_in(here)
    assert here.session != before, "a new proof makes a new token"
    assert not signed_in(phone)
    assert not signed_in(tablet)
    thief = browsers()
    thief.carry(before)
    assert not signed_in(thief)


def test_a_stale_sign_in_proves_itself_again_before_the_address_changes(
    browsers: Browsers, inhabited: str
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        kari = browsers().sign_in_as(KARI)
        assert kari.get("/en/account/email").status_code == 200
        clock.shift(RECENT_SIGN_IN + timedelta(seconds=1))
        for answer in (
            kari.get("/en/account/email"),
            kari.submit("/auth/email", email="kari.ny@nordlys.example", locale="en"),
        ):
            assert answer.headers["location"] == "/en/confirm-identity?next=/en/account/email"
        wrong = kari.submit("/auth/confirm-identity", password="wrong", next="/en/account/email")
        assert wrong.status_code == 422
        before = kari.session
        right = kari.submit("/auth/confirm-identity", password=PASSWORD, next="/en/account/email")
        assert right.headers["location"] == "/en/account/email"
        assert kari.session != before
        assert kari.get("/en/account/email").status_code == 200


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_confirming_who_one_is_leads_nowhere_else(
    browsers: Browsers, inhabited: str, wanted: str
) -> None:
    kari = browsers().sign_in_as(KARI)
    done = kari.submit("/auth/confirm-identity", password=PASSWORD, next=wanted, locale="en")
    assert done.headers["location"] == "/en/overview"


def test_nobody_proves_themselves_with_another_s_password(
    browsers: Browsers, inhabited: str
) -> None:
    from portal.accounts.passwords import hash_password
    from tests import people

    with people.changing(NILS) as nils:
        nils.password_hash = hash_password(NEW)
    kari = browsers().sign_in_as(KARI)
    assert kari.submit("/auth/confirm-identity", password=NEW).status_code == 422


def test_acting_for_somebody_else_s_customer_is_not_found(
    browsers: Browsers, inhabited: str
) -> None:
    from tests import people

    with transaction() as db:
        theirs = people.customer_of(db, NILS).id
    for visitor in (browsers().sign_in_as(KARI),):
        other = visitor.submit("/auth/acting-for", customer=str(theirs), locale="en")
        nothing = visitor.submit(
            "/auth/acting-for", customer="11111111-2222-4333-8444-555555555555", locale="en"
        )
        assert other.status_code == nothing.status_code == 404
        assert other.text == nothing.text
    stranger = browsers().sign_in_as(OLA)
    assert stranger.submit("/auth/acting-for", customer=str(theirs)).status_code == 404


def test_two_sessions_in_one_cookie_header_are_none_of_both(
    browsers: Browsers, inhabited: str
) -> None:
    kari, nils = browsers().sign_in_as(KARI), browsers().sign_in_as(NILS)
    answer = browsers().get(
        "/en/account", headers={"Cookie": f"session={kari.session}; session={nils.session}"}
    )
    # Whichever counts, it is the one that the socket takes, too.
    assert answer.status_code in {200, 303}


@pytest.mark.parametrize(
    "value", ["", "x", "x" * 5000, "é".encode().decode("latin-1"), "../../x", "' OR 1=1 --", "null"]
)
def test_an_invented_session_is_none(browsers: Browsers, inhabited: str, value: str) -> None:
    raw = f"session={value}".encode("latin-1")
    answer = browsers().get("/en/account", headers=[(b"Cookie", raw)])
    assert answer.status_code == 303
    with transaction() as db:
        assert not db.exec(select(SignInSession).where(col(SignInSession.device) == "x")).all()
