"""Mailed links over HTTP: what opening, sharing, racing and forging them can do."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import Session, col, select

from portal.accounts import links
from portal.accounts.models import LinkPurpose, OneTimeLink, User
from portal.audit import trail
from portal.database import transaction
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.privacy.deletions import COOLING_OFF
from portal.privacy.models import Deletion, Scope
from portal.web.http.application import PortalApplication
from portal.web.http.routes import routes
from tests import people, visitors
from tests.people import KARI, NILS
from tests.visitors import HERE, Browser, Browsers, title

NEW = "fire-fjell-og-en-fjord"
PAGES = {
    LinkPurpose.ACTIVATE: ("/en/activate", "/auth/activate"),
    LinkPurpose.RESET_PASSWORD: ("/en/reset-password/new", "/auth/reset-password"),
    LinkPurpose.CONFIRM_EMAIL: ("/en/confirm-email", "/auth/confirm-email"),
    LinkPurpose.UNDO_EMAIL: ("/en/undo-email", "/auth/undo-email"),
    LinkPurpose.KEEP_ACCOUNT: ("/en/keep-account", "/auth/keep-account"),
}


def link(
    purpose: LinkPurpose, email: str = KARI, *, made: datetime | None = None, **details: str
) -> str:
    with transaction() as db:
        person = people.user(db, email)
        if purpose is LinkPurpose.ACTIVATE:
            person.activated_at = person.password_hash = None
            db.add(person)
        if purpose in {LinkPurpose.CONFIRM_EMAIL, LinkPurpose.UNDO_EMAIL}:
            details.setdefault("email", "kari.ny@nordlys.example")
        now = made or datetime.now(UTC)
        if purpose is LinkPurpose.KEEP_ACCOUNT:
            details["deletion"] = wish(db, person, now)
        return links.create(db, person.id, purpose, now=now, **details)


def wish(db: Session, person: User, now: datetime) -> str:
    """The person's wish to have the account deleted, which the link takes back."""
    earlier = db.exec(select(Deletion).where(col(Deletion.user_id) == person.id)).first()
    deletion = earlier or Deletion(
        scope=Scope.ACCOUNT.value,
        user_id=person.id,
        person=trail.pseudonym("user", person.id),
        asked_at=now,
        due_at=now + COOLING_OFF,
    )
    db.add(deletion)
    db.flush()
    return str(deletion.id)


def open_link(visitor: Browser, purpose: LinkPurpose, token: str) -> httpx.Response:
    """Follow the link as a browser does; the answer is the page it leads to."""
    answer = visitor.get(f"/go/{purpose.value}/{token}?l=en")
    assert answer.status_code == 303
    return visitor.get(answer.headers["location"])


def state() -> list[object]:
    """All that a link could change."""
    with transaction() as db:
        users = db.exec(select(User).order_by(col(User.email))).all()
        used = db.exec(select(OneTimeLink.used_at).order_by(col(OneTimeLink.token_hash))).all()
        mails = len(db.exec(select(OutboxMessage)).all())
        rows = [(each.email, each.password_hash, each.activated_at) for each in users]
    return [rows, used, mails]


@pytest.mark.parametrize("purpose", list(LinkPurpose))
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_mail_scanner_changes_nothing(
    browsers: Browsers, inhabited: str, purpose: LinkPurpose, method: str
) -> None:
    token = link(purpose)
    before = state()
    scanner = browsers(follow_redirects=True)
    for _ in range(3):
        answer = scanner.request(method, f"/go/{purpose.value}/{token}?l=en")
        assert answer.status_code == 200
        scanner.request(method, PAGES[purpose][0])
    assert state() == before
    person = browsers()
    assert open_link(person, purpose, token).status_code == 200, "it still is good for its reader"


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_the_token_leaves_the_address_at_once(
    browsers: Browsers, inhabited: str, purpose: LinkPurpose
) -> None:
    token = link(purpose)
    visitor = browsers()
    first = visitor.get(f"/go/{purpose.value}/{token}?l=sv")
    assert token not in first.headers["location"]
    assert first.headers["location"].startswith("/sv/")
    assert first.headers["referrer-policy"] == "same-origin"
    assert first.headers["cache-control"] == "no-store"
    page = visitor.get(first.headers["location"])
    assert page.status_code == 200
    assert token not in page.text
    assert page.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_is_good_once(browsers: Browsers, inhabited: str, purpose: LinkPurpose) -> None:
    token = link(purpose)
    visitor, second = browsers(), browsers()
    open_link(visitor, purpose, token)
    open_link(second, purpose, token)
    done = visitor.submit(PAGES[purpose][1], new_password=NEW, locale="en")
    assert done.status_code in {200, 303}, done.text
    late = second.submit(PAGES[purpose][1], new_password="another-fjord-and-fjell", locale="en")
    assert late.status_code == 410
    assert title(late) in {"This link no longer works", "Nothing waits any more"}
    assert open_link(browsers(), purpose, token).status_code == 410


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_lives_to_the_second(
    browsers: Browsers, inhabited: str, purpose: LinkPurpose
) -> None:
    now = datetime.now(UTC)
    life = links.LIFE[purpose]
    dead = link(purpose, made=now - life - timedelta(seconds=1))
    assert open_link(browsers(), purpose, dead).status_code == 410
    # Alive for as long as this test may take on a slow machine.
    alive = link(purpose, NILS, made=now - life + timedelta(seconds=60))
    assert open_link(browsers(), purpose, alive).status_code == 200


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_for_one_purpose_is_worthless_for_every_other(
    browsers: Browsers, inhabited: str, purpose: LinkPurpose
) -> None:
    token = link(purpose)
    before = state()
    for other in set(LinkPurpose) - {purpose}:
        visitor = browsers()
        assert open_link(visitor, other, token).status_code == 410
        visitor.get(f"/go/{other.value}/{token}")
        assert visitor.submit(PAGES[other][1], new_password=NEW).status_code == 410
        # The cookie of one purpose, sent to the form of another.
        visitor.get(f"/go/{purpose.value}/{token}")
        assert visitor.submit(PAGES[other][1], new_password=NEW).status_code == 410
    assert state() == before


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_of_two_requests_at_once_exactly_one_wins(
    browsers: Browsers, inhabited: str, runner: asyncio.Runner, purpose: LinkPurpose
) -> None:
    token = link(purpose)
    app = PortalApplication(visitors._no_reflex, routes())

    async def both() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            answers = await asyncio.gather(
                *(
                    client.post(
                        PAGES[purpose][1],
                        data={"new_password": NEW, "locale": "en"},
                        headers={"Origin": HERE, "Cookie": f"link={purpose.value}:{token}"},
                    )
                    for _ in range(4)
                )
            )
        return [answer.status_code for answer in answers]

    codes = runner.run(both())
    assert sorted(codes)[1:] == [410, 410, 410]
    assert sorted(codes)[0] in {200, 303}


@pytest.mark.parametrize(
    "path",
    [
        "/go/reset-password/",
        "/go/reset-password/a/b",
        "/go/reset-password/a%2fb",
        "/go/reset-password/%00",
        "/go/reset-password/é",
        "/go/no-such-purpose/abcdefgh",
        "/go/RESET-PASSWORD/abcdefgh",
        "/go//abcdefgh",
        "/go",
    ],
)
def test_what_is_no_link_is_not_found(browsers: Browsers, inhabited: str, path: str) -> None:
    answer = browsers().get(path)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "javascript", "Forwarded": "host=evil.example"},
        {"X-Original-URL": "https://evil.example/"},
    ],
)
def test_mails_link_to_the_configured_address_whatever_a_request_says(
    browsers: Browsers, inhabited: str, headers: dict[str, str]
) -> None:
    answer = browsers().post(
        "/auth/ask-reset", data={"email": KARI}, headers={"Origin": HERE, **headers}
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/")
    with transaction() as db:
        mail = db.exec(select(OutboxMessage)).one()
    assert mail.body is not None
    letter = Letter.opened(mail.body)
    assert f"{HERE}/go/reset-password/" in letter.text
    assert "evil" not in letter.text + letter.html


@pytest.mark.parametrize(
    "host", ["localhost:3000:x@evil.example", "localhost:3000@evil.example", "evil.example"]
)
def test_a_strange_host_asks_for_no_mail(browsers: Browsers, inhabited: str, host: str) -> None:
    answer = browsers().post(
        "/auth/ask-reset", data={"email": KARI}, headers={"Origin": HERE, "Host": host}
    )
    assert answer.status_code == 421
    with transaction() as db:
        assert not db.exec(select(OutboxMessage)).all()


def test_a_reset_signs_nobody_in_and_everybody_out(browsers: Browsers, inhabited: str) -> None:
    at_home = browsers().sign_in_as(KARI)
    visitor = browsers()
    open_link(visitor, LinkPurpose.RESET_PASSWORD, link(LinkPurpose.RESET_PASSWORD))
    done = visitor.submit("/auth/reset-password", new_password=NEW, locale="en")
    assert done.headers["location"] == "/en/sign-in?password-set=1"
    assert visitor.get("/en/overview").status_code == 303
    assert at_home.get("/en/overview").status_code == 303
    assert visitor.submit("/auth/sign-in", email=KARI, password=NEW).status_code == 303


def test_a_weak_password_uses_no_link_up(browsers: Browsers, inhabited: str) -> None:
    visitor = browsers()
    open_link(visitor, LinkPurpose.RESET_PASSWORD, link(LinkPurpose.RESET_PASSWORD))
    for weak in ("", "short", "password123", "kari nordli", "nordlysbakeri"):
        answer = visitor.submit("/auth/reset-password", new_password=weak, locale="en")
        assert answer.status_code == 422, weak
        assert 'aria-invalid="true"' in answer.text
    assert visitor.submit("/auth/reset-password", new_password=NEW).status_code == 303
