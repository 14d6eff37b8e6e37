"""One-time links: one purpose, one use, a limited time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlmodel import Session, select

from portal.accounts import links
from portal.accounts.links import LIFE, LinkRefusedError
from portal.accounts.models import LinkPurpose, OneTimeLink
from portal.database import transaction
from tests.accounts.people import kari, nils

RESET = LinkPurpose.RESET_PASSWORD


def reason(db: Session, token: str, purpose: LinkPurpose, now: datetime) -> str:
    with pytest.raises(LinkRefusedError) as looked:
        links.open_link(db, token, purpose, now=now)
    with pytest.raises(LinkRefusedError) as used:
        links.use(db, token, purpose, now=now)
    assert looked.value.code == used.value.code
    return used.value.code


def test_a_link_names_whom_it_was_mailed_to(db: Session, clock: datetime):
    user = kari(db, clock)
    token = links.create(db, user.id, LinkPurpose.CONFIRM_EMAIL, now=clock, email="k@ny.example")
    link = links.use(db, token, LinkPurpose.CONFIRM_EMAIL, now=clock)
    assert (link.user_id, link.email, link.locale) == (user.id, user.email, "nb")
    assert link.details == {"email": "k@ny.example"}


def test_looking_at_a_link_changes_nothing(db: Session, clock: datetime):
    token = links.create(db, kari(db, clock).id, RESET, now=clock)
    for _ in range(3):
        links.open_link(db, token, RESET, now=clock)
    assert links.use(db, token, RESET, now=clock)


def test_a_used_link_is_refused(db: Session, clock: datetime):
    token = links.create(db, kari(db, clock).id, RESET, now=clock)
    links.use(db, token, RESET, now=clock)
    assert reason(db, token, RESET, clock) == "link-used"


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_lives_to_the_second(db: Session, clock: datetime, purpose: LinkPurpose):
    token = links.create(db, kari(db, clock).id, purpose, now=clock)
    end = clock + LIFE[purpose]
    assert reason(db, token, purpose, end + timedelta(seconds=1)) == "link-expired"
    assert reason(db, token, purpose, end) == "link-expired"
    assert links.use(db, token, purpose, now=end - timedelta(seconds=1))


def test_the_lives_are_the_documented_ones():
    assert {purpose.value: life for purpose, life in LIFE.items()} == {
        "activate": timedelta(days=14),
        "reset-password": timedelta(minutes=30),
        "confirm-email": timedelta(hours=24),
        "undo-email": timedelta(days=7),
        "keep-account": timedelta(days=14),
    }


@pytest.mark.parametrize("made_for", list(LinkPurpose))
@pytest.mark.parametrize("presented_as", list(LinkPurpose))
def test_a_link_is_worthless_for_every_other_purpose(
    db: Session, clock: datetime, made_for: LinkPurpose, presented_as: LinkPurpose
):
    token = links.create(db, kari(db, clock).id, made_for, now=clock)
    if made_for is presented_as:
        assert links.use(db, token, presented_as, now=clock)
    else:
        assert reason(db, token, presented_as, clock) == "link-unknown"


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "\ud800", "a" * 10_000, "%00", "'; --"])
def test_what_is_no_token_is_unknown(db: Session, clock: datetime, token: str):
    assert reason(db, token, RESET, clock) == "link-unknown"


def test_a_newer_link_replaces_older_ones_of_the_same_person(db: Session, clock: datetime):
    user, other = kari(db, clock), nils(db, clock)
    older = links.create(db, user.id, RESET, now=clock)
    activation = links.create(db, user.id, LinkPurpose.ACTIVATE, now=clock)
    of_nils = links.create(db, other.id, RESET, now=clock)
    newer = links.create(db, user.id, RESET, now=clock)
    assert reason(db, older, RESET, clock) == "link-expired"
    assert links.use(db, newer, RESET, now=clock)
    assert links.use(db, activation, LinkPurpose.ACTIVATE, now=clock)
    assert links.use(db, of_nils, RESET, now=clock)


def test_the_database_holds_no_token(db: Session, clock: datetime):
    token = links.create(db, kari(db, clock).id, RESET, now=clock)
    db.flush()
    (row,) = db.exec(select(OneTimeLink)).all()
    assert token not in str(row.model_dump())
    assert len(token) == 43  # 256 bits in base64


def test_of_two_requests_at_once_exactly_one_wins(database: str, clock: datetime):
    with transaction() as db:
        token = links.create(db, kari(db, clock).id, RESET, now=clock)
    together = Barrier(2)

    def use() -> str:
        together.wait()
        try:
            with transaction() as db:
                links.use(db, token, RESET, now=clock)
        except LinkRefusedError as refused:
            return refused.code
        return "won"

    with ThreadPoolExecutor(2) as threads:
        results = [attempt.result() for attempt in [threads.submit(use) for _ in range(2)]]
    assert sorted(results) == ["link-used", "won"]


def test_a_use_that_is_rolled_back_never_happened(database: str, clock: datetime):
    with transaction() as db:
        token = links.create(db, kari(db, clock).id, RESET, now=clock)
    with transaction() as db:
        links.use(db, token, RESET, now=clock)
        db.rollback()
    with transaction() as db:
        assert links.use(db, token, RESET, now=clock)


def test_addresses_lead_to_the_configured_origin():
    assert links.address(RESET, "abc", "fi") == "http://localhost:3000/go/reset-password/abc?l=fi"
