"""Nobody learns from the portal who has an account: not by words, headers, mails or time."""

import statistics
import time
from datetime import UTC, datetime

import httpx
import pytest
from sqlmodel import col, select

from portal.database import transaction
from portal.mail.models import OutboxMessage
from tests import people
from tests.people import KARI, NILS, PASSWORD
from tests.visitors import Browsers, Configure

UNKNOWN = "anna@nowhere.example"


def same(one: httpx.Response, other: httpx.Response) -> None:
    """Two answers, equal in all but the time on the clock."""
    assert one.status_code == other.status_code
    assert dict(one.headers) == dict(other.headers)
    assert one.text == other.text


def mails_to(email: str) -> int:
    with transaction() as db:
        rows = db.exec(select(OutboxMessage).where(col(OutboxMessage.recipient) == email))
        return len(rows.all())


def test_a_wrong_password_and_an_unknown_address_answer_alike(
    browsers: Browsers, inhabited: str
) -> None:
    known = browsers().submit("/auth/sign-in", email=KARI, password="wrong", locale="en")
    unknown = browsers().submit("/auth/sign-in", email=UNKNOWN, password="wrong", locale="en")
    assert known.text.replace(KARI, "…") == unknown.text.replace(UNKNOWN, "…")
    assert known.status_code == unknown.status_code == 422
    assert sorted(known.headers) == sorted(unknown.headers)


def test_an_account_without_a_password_answers_like_none(
    browsers: Browsers, inhabited: str
) -> None:
    with people.changing(NILS) as nils:
        nils.password_hash = None
        nils.activated_at = None
    waiting = browsers().submit("/auth/sign-in", email=NILS, password=PASSWORD, locale="en")
    unknown = browsers().submit("/auth/sign-in", email=UNKNOWN, password=PASSWORD, locale="en")
    assert waiting.text.replace(NILS, "…") == unknown.text.replace(UNKNOWN, "…")
    assert waiting.status_code == unknown.status_code == 422


def test_asking_for_a_reset_answers_alike_and_mails_only_whom_it_knows(
    browsers: Browsers, inhabited: str
) -> None:
    known = browsers().submit("/auth/ask-reset", email=KARI, locale="en")
    unknown = browsers().submit("/auth/ask-reset", email=UNKNOWN, locale="en")
    same(known, unknown)
    assert known.headers["location"] == "/en/check-your-mail"
    assert (mails_to(KARI), mails_to(UNKNOWN)) == (1, 0)


def test_an_address_over_its_limit_of_mails_answers_as_ever(
    browsers: Browsers, inhabited: str
) -> None:
    answers = [
        browsers().submit("/auth/ask-reset", email=email, locale="en")
        for _ in range(5)
        for email in (KARI, UNKNOWN)
    ]
    for answer in answers[1:]:
        same(answers[0], answer)
    assert mails_to(KARI) == 3


def test_a_reset_for_an_unknown_address_leaves_no_person_and_no_mail_behind(
    browsers: Browsers, inhabited: str
) -> None:
    from portal.accounts.models import OneTimeLink, User

    browsers().submit("/auth/ask-reset", email=UNKNOWN, locale="en")
    with transaction() as db:
        assert len(db.exec(select(User)).all()) == 7
        assert not db.exec(select(OneTimeLink)).all()
        assert not db.exec(select(OutboxMessage)).all()


def test_changing_to_an_address_of_another_customer_says_check_your_mail(
    browsers: Browsers, inhabited: str
) -> None:
    kari = browsers().sign_in_as(KARI)
    free = kari.submit("/auth/email", email="kari.new@nordlys.example", locale="en")
    taken = kari.submit("/auth/email", email=NILS, locale="en")
    same(free, taken)
    assert free.headers["location"] == "/en/account/email/sent"
    assert mails_to(NILS) == 0
    assert mails_to(KARI) == 2, "both times the old address is told"


def test_a_used_an_old_and_an_invented_link_end_alike(browsers: Browsers, inhabited: str) -> None:
    from portal.accounts import links
    from portal.accounts.models import LinkPurpose

    now = datetime.now(UTC)
    with transaction() as db:
        kari, nils = people.user(db, KARI), people.user(db, NILS)
        used = links.create(db, kari.id, LinkPurpose.RESET_PASSWORD, now=now)
        db.flush()
        links.use(db, used, LinkPurpose.RESET_PASSWORD, now=now)
        old = links.create(
            db,
            nils.id,
            LinkPurpose.RESET_PASSWORD,
            now=now - links.LIFE[LinkPurpose.RESET_PASSWORD],
        )
    pages = []
    for token in (used, old, "A" * 43, "x"):
        visitor = browsers()
        opened = visitor.get(f"/go/reset-password/{token}?l=en")
        assert opened.headers["location"] == "/en/reset-password/new"
        pages.append(visitor.get(opened.headers["location"]))
    for page in pages[1:]:
        same(pages[0], page)
    assert pages[0].status_code == 410


def medians_of(*acts: "tuple[str, object]", times: int) -> dict[str, float]:
    """The median time of each act; they take turns, so that a busy machine meets all alike."""
    taken: dict[str, list[float]] = {name: [] for name, _ in acts}
    for round_ in range(times + 3):
        order = acts if round_ % 2 else acts[::-1]
        for name, act in order:
            begun = time.perf_counter()
            act()  # pyright: ignore[reportCallIssue]
            if round_ >= 3:  # the first ones warm caches
                taken[name].append(time.perf_counter() - begun)
    return {name: statistics.median(each) for name, each in taken.items()}


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/ask-reset"])
def test_known_and_unknown_addresses_take_the_same_time(
    browsers: Browsers, inhabited: str, configure: Configure, path: str
) -> None:
    """Medians of 50 differ by less than 10 %.

    Measured up to three times: a neighbour's burst of work can shift one median, but hardly ever
    three in a row, while a real difference (no hashing: 95 %) shows in each.
    """
    configure(RATE_LIMITS="off")
    visitor = browsers()

    def ask(email: str) -> None:
        visitor.submit(path, email=email, password="wrong", locale="en")

    differences = []
    for _ in range(3):
        medians = medians_of(
            ("known", lambda: ask(KARI)), ("unknown", lambda: ask(UNKNOWN)), times=50
        )
        differences.append(abs(medians["known"] - medians["unknown"]) / max(medians.values()))
        if differences[-1] < 0.1:
            return
    pytest.fail(f"the medians differ by {[f'{each:.0%}' for each in differences]}")
