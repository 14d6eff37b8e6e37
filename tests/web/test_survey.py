"""The satisfaction survey: one question by a link that works once, without sign-in."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from portal import jobs
from portal.actor import system
from portal.database import reading, transaction
from portal.errors import NotAllowedError
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.marketing.models import MarketingMailing, SurveyAnswer
from portal.marketing.surveys import LIFE, survey_answers
from tests.people import KARI
from tests.visitors import Browser, Browsers, title
from tests.web.test_unsubscribe import say_yes_to_everything

NOW = datetime.now(UTC)


@pytest.fixture
def link(inhabited: str) -> str:
    """The path in the survey mail that Kari got."""
    say_yes_to_everything()
    assert jobs.send_surveys(datetime.now(UTC)) == 1
    with reading() as db:
        (mail,) = db.exec(select(OutboxMessage).where(OutboxMessage.topic == "surveys"))
    assert mail.recipient == KARI
    text = Letter.opened(mail.body or "").text
    return re.findall(r"(/go/survey/[\w-]+)", text)[0]


def open_link(visitor: Browser, link: str) -> str:
    first = visitor.get(f"{link}?l=en")
    assert first.status_code == 303
    return title(visitor.get(first.headers["location"]))


def answers() -> list[SurveyAnswer]:
    with reading() as db:
        return list(db.exec(select(SurveyAnswer)))


def test_answer_is_kept_and_the_link_is_used_up(browsers: Browsers, link: str) -> None:
    visitor = browsers()
    assert open_link(visitor, link) == "One question"
    done = visitor.submit("/auth/survey", score="4", words="  More   light ", locale="en")
    assert done.headers["location"] == "/en/survey/thanks"
    assert title(visitor.get("/en/survey/thanks")) == "Thank you"
    (answer,) = answers()
    assert (answer.score, answer.words) == (4, "More light")
    again = browsers()
    again.get(link)
    assert again.get("/en/survey").status_code == 410
    assert again.submit("/auth/survey", score="1").status_code == 410
    assert len(answers()) == 1


def test_looking_answers_nothing(browsers: Browsers, link: str) -> None:
    for _ in range(3):
        scanner = browsers(follow_redirects=True)
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
    assert answers() == []


@pytest.mark.parametrize(
    "score", ["", "0", "6", "-1", "²", "4.5", "99999999999999999999", "5" * 5000]
)
def test_score_that_is_none_is_asked_again_and_the_words_are_kept(
    browsers: Browsers, link: str, score: str
) -> None:
    visitor = browsers()
    open_link(visitor, link)
    answer = visitor.submit("/auth/survey", score=score, words="<b>Light</b>", locale="en")
    assert answer.status_code == 422
    assert "Choose a number from one to five." in answer.text
    assert "&lt;b&gt;Light&lt;/b&gt;" in answer.text
    assert answers() == []


def test_too_many_words_are_refused_and_kept(browsers: Browsers, link: str) -> None:
    visitor = browsers()
    open_link(visitor, link)
    answer = visitor.submit("/auth/survey", score="3", words="light " * 400, locale="en")
    assert answer.status_code == 422
    assert "room for 1000 characters" in answer.text
    assert answers() == []


def test_link_lives_for_sixty_days(browsers: Browsers, link: str) -> None:
    with transaction() as db:
        old = datetime.now(UTC) - LIFE - timedelta(seconds=1)
        db.execute(update(MarketingMailing).values(at=old))
    visitor = browsers()
    visitor.get(link)
    assert visitor.get("/en/survey").status_code == 410


@pytest.mark.parametrize("wrong", ["/go/survey/abcdefgh", "/go/activate/abcdefgh"])
def test_made_up_link_asks_nothing(browsers: Browsers, inhabited: str, wrong: str) -> None:
    visitor = browsers()
    visitor.get(wrong)
    assert visitor.get("/en/survey").status_code == 410
    assert visitor.submit("/auth/survey", score="3").status_code == 410


def test_answers_go_to_the_office_without_formulas(browsers: Browsers, link: str) -> None:
    visitor = browsers()
    open_link(visitor, link)
    visitor.submit("/auth/survey", score="1", words="=1+1")
    office = system("back office")
    with reading() as db:
        header, row = survey_answers(db, office, since=NOW - timedelta(days=1))
        assert header[:3] == ("answered_at", "customer_number", "customer")
        assert row[1:] == ("10001", "Nordlys Bakeri AS", "Kari Nordli", KARI, "1", "'=1+1")
        assert len(list(survey_answers(db, office, since=NOW + timedelta(days=1)))) == 1


def test_answers_are_told_to_no_person(inhabited: str) -> None:
    from portal.accounts.sign_in import acting_as
    from tests import people

    with reading() as db, pytest.raises(NotAllowedError):
        list(survey_answers(db, acting_as(people.user(db, people.AUD)), since=NOW))
