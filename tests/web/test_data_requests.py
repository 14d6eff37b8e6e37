"""Data requests on the web: the public documents, the person's page, the leads' page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import time_machine
from sqlmodel import col, select

from portal.database import reading, transaction
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.marketing.models import MarketingChoice
from portal.privacy.limits import REQUESTS_PER_ADDRESS
from portal.privacy.models import DataRequest
from tests import people
from tests.customers.together import together
from tests.event_socket import ROOT, Tab, tab
from tests.people import AUD, KARI, OLA, SIRI, TOR
from tests.running import Running
from tests.visitors import Browser, Browsers, title

OWN = f"{ROOT}.portal___web___pages___data_requests____data_requests_state"
LEADS = f"{ROOT}.portal___web___pages___support_requests____support_requests_state"
IDA = "ida@strand.example"


def ask(visitor: Browser, **fields: str) -> httpx.Response:
    given = {"kind": "access", "name": "Ida Strand", "email": IDA, "locale": "en"} | fields
    return visitor.submit("/auth/data-request", **given)


def requests() -> list[DataRequest]:
    with reading() as db:
        return list(db.exec(select(DataRequest).order_by(col(DataRequest.received_at))))


def newest_link(recipient: str = IDA) -> str:
    with reading() as db:
        found = select(OutboxMessage).where(
            col(OutboxMessage.recipient) == recipient,
            col(OutboxMessage.kind) == "data-request-verify",
        )
        mail = db.exec(found.order_by(col(OutboxMessage.created_at).desc())).first()
    assert mail is not None
    assert mail.body is not None
    return re.findall(r"(/go/data-request/[\w-]+)", Letter.opened(mail.body).text)[0]


# Anyone


def test_request_is_confirmed_by_the_button_behind_the_mailed_link(
    browsers: Browsers, inhabited: str
) -> None:
    visitor = browsers()
    assert title(visitor.get("/en/privacy/request")) == "Ask about your data"
    done = ask(visitor, kind="erase", words="Everything from 2019.")
    assert done.headers["location"] == "/en/privacy/request/sent"
    assert "Open the link in our mail" in visitor.get(done.headers["location"]).text
    opened = visitor.get(f"{newest_link()}?l=en")
    assert opened.headers["location"] == "/en/privacy/request/confirm"
    page = visitor.get("/en/privacy/request/confirm")
    assert title(page) == "Is this request yours?"
    assert "Deletion" in page.text
    assert requests()[0].verified_at is None
    for _press in range(2):
        done = visitor.submit("/auth/data-request/confirm", locale="en")
        assert (done.status_code, done.headers["location"]) == (
            303,
            "/en/privacy/request/confirmed",
        )
    for _reload in range(2):
        assert title(visitor.get("/en/privacy/request/confirmed")) == "We have your request"
    confirmed = visitor.get("/en/privacy/request/confirmed")
    (request,) = requests()
    assert request.verified_by == "mail"
    assert "at the latest, by mail" in confirmed.text
    assert visitor.get("/nb/privacy/request/confirmed").status_code == 200


def test_scanner_s_look_at_a_link_confirms_nothing(browsers: Browsers, inhabited: str) -> None:
    ask(browsers())
    for _ in range(2):
        scanner = browsers(follow_redirects=True)
        assert scanner.get(newest_link()).status_code == 200
        assert scanner.head(newest_link()).status_code == 200
    assert requests()[0].verified_at is None


def test_old_and_foreign_links_are_refused_alike_and_lead_to_the_form(
    browsers: Browsers, inhabited: str
) -> None:
    ask(browsers())
    late = newest_link()
    answers = []
    for link in ("/go/data-request/" + "a" * 43, late):
        visitor = browsers()
        with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
            visitor.get(f"{link}?l=en")
            answers.append(visitor.get("/en/privacy/request/confirm"))
            refused = visitor.submit("/auth/data-request/confirm", locale="en")
            assert refused.headers["location"] == "/en/privacy/request/confirm"
            never = visitor.get("/en/privacy/request/confirmed")
            assert never.headers["location"] == "/en/privacy/request/confirm"
    assert {answer.status_code for answer in answers} == {410}
    assert len({answer.text for answer in answers}) == 1
    assert 'href="/en/privacy/request"' in answers[0].text
    assert "reset-password" not in answers[0].text
    assert requests()[0].verified_at is None


def test_used_link_says_that_it_was_used_and_no_more(browsers: Browsers, inhabited: str) -> None:
    ask(browsers(), kind="erase")
    first = browsers()
    first.get(newest_link())
    first.submit("/auth/data-request/confirm", locale="en")
    later = browsers()
    later.get(f"{newest_link()}?l=en")
    used = later.get("/en/privacy/request/confirm")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        reloaded = first.get("/en/privacy/request/confirmed")
        later.get(f"{newest_link()}?l=en")
        typed = later.get("/en/privacy/request/confirmed")
    for page in (used, reloaded, typed):
        assert page.status_code == 200
        assert title(page) == "This request is confirmed already"
        assert "Deletion" not in page.text
        assert "<form" not in page.text.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize("purpose", ["activate", "reset-password", "invitation", "survey"])
def test_token_for_this_is_good_for_nothing_else(
    browsers: Browsers, inhabited: str, purpose: str
) -> None:
    ask(browsers())
    token = newest_link().rpartition("/")[2]
    visitor = browsers(follow_redirects=True)
    assert visitor.get(f"/go/{purpose}/{token}?l=en").status_code in {404, 410}
    assert requests()[0].verified_at is None


def test_other_links_confirm_no_request(browsers: Browsers, inhabited: str) -> None:
    ask(browsers())
    visitor = browsers()
    visitor.get(newest_link().replace("data-request", "survey"))
    visitor.submit("/auth/data-request/confirm", locale="en")
    assert visitor.get("/en/privacy/request/confirm").status_code == 410
    assert requests()[0].verified_at is None


def test_strangers_learn_nothing_about_who_has_an_account(
    browsers: Browsers, inhabited: str
) -> None:
    visitor = browsers()
    known, unknown = ask(visitor, email=KARI), ask(visitor, email="nobody@nordlys.example")
    assert known.status_code == unknown.status_code == 303
    for header in ("location", "content-length", "set-cookie"):
        assert known.headers.get(header) == unknown.headers.get(header)
    assert known.text == unknown.text
    with reading() as db:
        kinds = db.exec(
            select(OutboxMessage.recipient, OutboxMessage.user_id).where(
                col(OutboxMessage.kind) == "data-request-verify"
            )
        ).all()
    assert sorted(kinds) == [(KARI, None), ("nobody@nordlys.example", None)]


def test_who_gives_a_number_only_hears_that_they_are_called(
    browsers: Browsers, inhabited: str
) -> None:
    visitor = browsers()
    done = ask(visitor, email="", phone="900 00 200")
    assert done.headers["location"] == "/en/privacy/request/sent?by=phone"
    assert "We call you back" in visitor.get(done.headers["location"]).text


def test_form_comes_back_with_what_was_typed(browsers: Browsers, inhabited: str) -> None:
    answer = ask(browsers(), kind="restrict", name='"><b>', email="", words="{{7*7}} <script>")
    assert answer.status_code == 422
    assert "Give us an email or a phone number" in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    assert "49" not in answer.text.partition("<main")[2]
    checked = re.findall(r"<input[^>]*checked[^>]*>", answer.text)
    assert len(checked) == 1
    assert 'value="restrict"' in checked[0]
    assert requests() == []


def test_nobody_asks_without_end(browsers: Browsers, inhabited: str) -> None:
    visitor = browsers()
    for number in range(REQUESTS_PER_ADDRESS.times):
        assert ask(visitor, email=f"{number}@strand.example").status_code == 303
    refused = ask(visitor, email="one-more@strand.example")
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    forged = visitor.post(
        "/auth/data-request",
        data={"kind": "access", "name": "x", "email": IDA},
        headers={"Origin": "http://localhost:3000", "X-Forwarded-For": "203.0.113.9"},
    )
    assert forged.status_code == 429
    assert ask(browsers(address="192.0.2.77")).status_code == 303
    assert len(requests()) == REQUESTS_PER_ADDRESS.times + 1


def test_of_two_who_use_one_link_at_once_one_wins(browsers: Browsers, inhabited: str) -> None:
    from portal.accounts.sign_in import VISITOR
    from portal.privacy.public_requests import confirm

    ask(browsers())
    token = newest_link().rpartition("/")[2]
    now = datetime.now(UTC)
    outcomes = together(*[lambda db: confirm(db, VISITOR, token, now=now)] * 2)
    assert sorted(outcomes) == ["already-confirmed", "done"]
    with reading() as db:
        received = select(OutboxMessage).where(col(OutboxMessage.kind) == "data-request-received")
        assert len(db.exec(received).all()) == 1


def test_notices_lead_to_the_rights(browsers: Browsers, inhabited: str) -> None:
    from portal.actor import system
    from portal.notices import versions

    with transaction() as db:
        versions.publish(db, system("command line"), now=datetime.now(UTC) - timedelta(days=9))
    for path in ("privacy", "privacy/alarm-contacts"):
        assert 'href="/nb/privacy/request"' in browsers().get(f"/nb/{path}").text


# The person's own page


async def until(opened: Tab, state: str, name: str) -> Any:
    return await opened.until(lambda t: t.get(state, name))


@pytest.mark.asyncio
async def test_person_asks_one_question_at_a_time(running: Running) -> None:
    owner = people.add_owner("Spørsmål AS")
    async with tab(running.url, running.session(owner.email), "/en/data/requests") as opened:
        await opened.send(f"{OWN}.choose", fields={})
        await until(opened, OWN, "errors")
        assert opened.get(OWN, "messages")["kind"] == "Choose what you want."
        await opened.send(f"{OWN}.choose", fields={"kind": "rectify"})
        await opened.until(lambda t: t.get(OWN, "chosen") == "rectify")
        await opened.send(f"{OWN}.send", fields={"words": " "})
        await until(opened, OWN, "errors")
        await opened.send(f"{OWN}.send", fields={"words": "The name is Dahle."})
        notice = await until(opened, OWN, "notice")
        assert notice.startswith("We have your request. You have our answer by ")
        (row,) = opened.get(OWN, "requests")
        assert (row["title"], row["words"]) == ("Correction", ["The name is Dahle."])
        assert row["due"] in notice
        assert opened.get(OWN, "chosen") == ""


@pytest.mark.asyncio
async def test_double_click_sends_one_request(running: Running) -> None:
    owner = people.add_owner("Dobbelt AS")
    async with tab(running.url, running.session(owner.email), "/en/data/requests") as opened:
        await opened.send(f"{OWN}.object_to", kind="object to prices")
        for _click in range(2):
            await opened.send(f"{OWN}.send", fields={"words": ""})
        await opened.settled()
        assert [row["title"] for row in opened.get(OWN, "requests")] == [
            "Objection to price categories"
        ]
        assert opened.get(OWN, "notice").startswith("We have your request.")
        assert opened.get(OWN, "errors") == []


@pytest.mark.asyncio
async def test_objection_to_surveys_holds_at_once(running: Running) -> None:
    owner = people.add_owner("Undersøkelse AS")
    async with tab(running.url, running.session(owner.email), "/en/data/requests") as opened:
        await opened.send(f"{OWN}.stop_surveys")
        said = await until(opened, OWN, "surveys_stopped")
        assert said.startswith("Done.")
        await opened.send(f"{OWN}.stop_surveys")
        await opened.settled()
        assert opened.get(OWN, "surveys_stopped") == said, "the second press of two"
        assert opened.get(OWN, "requests") == []
    async with tab(running.url, running.session(owner.email), "/en/data/requests") as opened:
        await opened.send(f"{OWN}.stop_surveys")
        assert (await until(opened, OWN, "surveys_stopped")).startswith("That was so")
    with reading() as db:
        mine = select(MarketingChoice).where(col(MarketingChoice.user_id) == owner.user_id)
        chosen = {(row.topic, row.channel, row.chosen) for row in db.exec(mine)}
    assert chosen == {("surveys", "email", False), ("surveys", "sms", False)}


@pytest.mark.asyncio
async def test_own_price_category_is_shown_to_the_owner_and_not_to_a_colleague(
    running: Running,
) -> None:
    async with tab(running.url, running.session(KARI), "/en/data/requests") as opened:
        assert opened.get(OWN, "sees_category")
        assert "alarm" in opened.get(OWN, "products")
        assert opened.get(OWN, "customer_since")
    async with tab(running.url, running.session(TOR), "/en/data/requests") as opened:
        assert opened.get(OWN, "member")
        assert not opened.get(OWN, "sees_category")
        assert "Burglar" not in opened.everything


@pytest.mark.asyncio
async def test_alarm_contact_s_tab_asks_only_for_what_applies(running: Running) -> None:
    async with tab(running.url, running.session(OLA), "/en/data/requests") as opened:
        assert not opened.get(OWN, "member")
        await opened.send(f"{OWN}.stop_surveys")
        for kind in ("portability", "object to prices"):
            await opened.send(f"{OWN}.choose", fields={"kind": kind})
            await opened.send(f"{OWN}.object_to", kind=kind)
            await opened.send(f"{OWN}.send", fields={"words": "Try."})
            await opened.settled()
        assert opened.get(OWN, "requests") == []
        assert opened.get(OWN, "surveys_stopped") == ""


@pytest.mark.asyncio
async def test_nobody_s_tab_is_sent_the_requests_of_somebody_else(running: Running) -> None:
    owner = people.add_owner("Hemmelig AS")
    mate = people.add_owner("Nysgjerrig AS")
    async with tab(running.url, running.session(owner.email), "/en/data/requests") as opened:
        await opened.send(f"{OWN}.choose", fields={"kind": "other"})
        await opened.send(f"{OWN}.send", fields={"words": "Quite secret words"})
        await until(opened, OWN, "notice")
    async with tab(running.url, running.session(mate.email), "/en/data/requests") as opened:
        await opened.send(f"{LEADS}.load")
        await opened.send(f"{LEADS}.open_case", request=str(_request_of(owner.user_id)))
        await opened.settled()
        assert "secret" not in opened.everything


def _request_of(user_id: UUID) -> UUID:
    with reading() as db:
        return db.exec(select(DataRequest.id).where(col(DataRequest.user_id) == user_id)).one()


# The leads' page


def open_case_of(name: str, kind: str = "restrict", words: str = "") -> UUID:
    """A request of a new owner with this name; its id."""
    from portal.accounts.models import User
    from portal.accounts.sign_in import acting_as
    from portal.privacy.requests import open_request

    owner = people.add_owner(f"{name} AS", name=name)
    with transaction() as db:
        actor = acting_as(db.get_one(User, owner.user_id))
        return open_request(db, actor, kind, words, now=datetime.now(UTC)).id


async def open_case(aud: Tab, request: UUID) -> None:
    await aud.send(f"{LEADS}.open_case", request=str(request))
    await aud.until(lambda t: t.get(LEADS, "opened")["id"] == str(request))


@pytest.mark.asyncio
async def test_lead_extends_answers_and_the_person_reads_it(running: Running) -> None:
    request = open_case_of("Grete Moe", "other", "How long do you keep it?")
    async with tab(running.url, running.session(AUD), "/en/support/requests") as aud:
        listed = {row["id"]: row for row in aud.get(LEADS, "waiting")}
        assert "Grete Moe" in listed[str(request)]["who"]
        assert re.fullmatch(r"Due in \d+ days", listed[str(request)]["due"])
        await open_case(aud, request)
        assert aud.get(LEADS, "opened")["words"] == ["How long do you keep it?"]
        await aud.send(f"{LEADS}.extend", fields={"months": "2"})
        await until(aud, LEADS, "errors")
        assert aud.get(LEADS, "messages")["reason"]
        await aud.send(f"{LEADS}.extend", fields={"months": "2", "reason": "Many files."})
        assert await until(aud, LEADS, "notice") == "Done. The person is told by mail."
        assert not aud.get(LEADS, "opened")["extendable"]
        await aud.send(f"{LEADS}.answer", fields={"answer": "Two years."})
        await aud.until(lambda t: t.get(LEADS, "opened")["answer"] == ["Two years."])
        await aud.send(f"{LEADS}.close_case")
        await aud.until(lambda t: t.get(LEADS, "opened")["id"] == "")
        assert str(request) in {row["id"] for row in aud.get(LEADS, "answered")}
    with reading() as db:
        kept = db.get_one(DataRequest, request)
    assert (kept.answer, kept.extension_reason) == ("Two years.", "Many files.")


@pytest.mark.asyncio
async def test_second_press_of_a_button_says_what_the_first_one_said(running: Running) -> None:
    request = open_case_of("Lise Holt", words="")
    steps = [
        ("extend", {"months": "1", "reason": "Many files."}, "Done. The person is told by mail."),
        ("answer", {"answer": "Yes."}, "Done. The person is told by mail."),
    ]
    async with tab(running.url, running.session(AUD), "/en/support/requests") as aud:
        await open_case(aud, request)
        for event, fields, said in steps:
            for _press in range(2):
                await aud.send(f"{LEADS}.{event}", fields=fields)
            await aud.settled()
            assert aud.get(LEADS, "notice") == said
            assert aud.get(LEADS, "errors") == []
            assert aud.get(LEADS, "opened")["id"] == str(request)
        await aud.send(f"{LEADS}.answer", fields={"answer": "No."})
        await aud.until(lambda t: t.get(LEADS, "notice").startswith("This request is answered"))
        assert aud.get(LEADS, "opened")["answer"] == ["Yes."]
    with reading() as db:
        assert db.get_one(DataRequest, request).answer == "Yes."


@pytest.mark.asyncio
async def test_lead_answers_nobody_before_the_call_and_closes_what_leads_nowhere(
    running: Running,
) -> None:
    with transaction() as db:
        db.add(
            DataRequest(
                kind="erase",
                name="Mona Ness",
                phone="+4790000377",
                locale="en",
                received_at=datetime.now(UTC),
                due_on=datetime.now(UTC).date() + timedelta(days=30),
            )
        )
    with reading() as db:
        request = db.exec(select(DataRequest.id).where(col(DataRequest.name) == "Mona Ness")).one()
    async with tab(running.url, running.session(AUD), "/en/support/requests") as aud:
        await open_case(aud, request)
        assert aud.get(LEADS, "opened")["to_call_back"]
        await aud.send(f"{LEADS}.answer", fields={"answer": "All of it."})
        await until(aud, LEADS, "errors")
        assert aud.get(LEADS, "messages")[""].startswith("Call back first")
        await aud.send(f"{LEADS}.nobody_found", fields={"ending": ""})
        await aud.until(lambda t: "ending" in t.get(LEADS, "messages"))
        for _press in range(2):
            await aud.send(f"{LEADS}.nobody_found", fields={"ending": "Wrong number."})
        await aud.until(lambda t: t.get(LEADS, "opened")["closed"])
        await aud.settled()
        assert aud.get(LEADS, "notice") == "Closed. Nobody is told."
        assert aud.get(LEADS, "opened")["answer"] == ["Wrong number."]


@pytest.mark.asyncio
async def test_lead_grants_a_restriction_and_announces_its_end(running: Running) -> None:
    request = open_case_of("Hanne Vik")
    async with tab(running.url, running.session(AUD), "/en/support/requests") as aud:
        await open_case(aud, request)
        assert aud.get(LEADS, "opened")["restriction"] == "no"
        await aud.send(f"{LEADS}.restrict")
        await aud.until(lambda t: t.get(LEADS, "opened")["restriction"] == "yes")
        await aud.send(f"{LEADS}.end_restriction", fields={"ends": ""})
        await until(aud, LEADS, "errors")
        await aud.send(f"{LEADS}.end_restriction", fields={"ends": "It is settled."})
        await aud.until(lambda t: t.get(LEADS, "opened")["restriction"] == "ends")


@pytest.mark.asyncio
async def test_lead_is_offered_no_restriction_that_nobody_asked_for(running: Running) -> None:
    request = open_case_of("Ivar Dal", "access")
    async with tab(running.url, running.session(AUD), "/en/support/requests") as aud:
        await open_case(aud, request)
        assert aud.get(LEADS, "opened")["restriction"] == ""


@pytest.mark.asyncio
async def test_unknown_request_is_not_found(running: Running) -> None:
    async with tab(running.url, running.session(AUD), "/en/support/requests") as aud:
        for request in (str(uuid4()), "x", ""):
            await aud.send(f"{LEADS}.open_case", request=request)
            await aud.settled()
            assert aud.get(LEADS, "notice").startswith("That is no longer here.")
            assert aud.get(LEADS, "opened")["id"] == ""
        await aud.send(f"{LEADS}.answer", fields={"answer": "To nobody."})
        await aud.settled()
        assert aud.get(LEADS, "notice").startswith("That is no longer here.")


@pytest.mark.asyncio
async def test_agents_see_no_request_and_answer_none(running: Running) -> None:
    request = open_case_of("Jon Lien", words="Quite secret words")
    assert running.browser(SIRI).get("/en/support/requests").status_code == 404
    async with tab(running.url, running.session(SIRI), "/en/account") as siri:
        for event, payload in (
            ("load", {}),
            ("open_case", {"request": str(request)}),
            ("answer", {"fields": {"answer": "x"}}),
            ("extend", {"fields": {"months": "1", "reason": "x"}}),
            ("nobody_found", {"fields": {"ending": "x"}}),
            ("restrict", {}),
        ):
            await siri.send(f"{LEADS}.{event}", **payload)
        await siri.settled()
        assert "secret" not in siri.everything
        assert not siri.get(LEADS, "waiting")
    with reading() as db:
        assert db.get_one(DataRequest, request).answered_at is None
