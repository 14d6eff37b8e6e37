"""Opt-outs that the mailing and SMS tools hand back: at once, in bulk, and telling nothing."""

import json
from datetime import UTC, datetime

import httpx
import jsonschema_rs
import pytest
from sqlmodel import select

from portal.database import reading
from portal.marketing.audience import audience
from portal.marketing.models import Channel, MarketingReceipt, Suppression, Topic
from portal.marketing.opt_out_reports import MOST_REPORTS
from portal.web.http import api
from portal.web.http.api_description import description
from tests.people import KARI
from tests.visitors import Browser, Browsers, Configure
from tests.web.test_api import OTHER, TOKEN, bearer
from tests.web.test_unsubscribe import say_yes_to_everything

PATH = "/api/marketing/opt-outs"
STOP = {"channel": "sms", "address": "+4790000101", "reason": "stop"}
OFFERS = {"channel": "email", "address": KARI, "reason": "stop", "topic": "offers"}


@pytest.fixture
def machine(browsers: Browsers, inhabited: str, configure: Configure) -> Browser:
    configure(SENDER_TOKENS=TOKEN, STATION_TOKENS=OTHER)
    return browsers()


def post(machine: Browser, body: object, token: str = TOKEN) -> httpx.Response:
    return machine.post(PATH, json=body, headers=bearer(token))


def conforms(answer: httpx.Response, schema: str) -> bool:
    wanted = {
        "$ref": f"#/components/schemas/{schema}",
        "components": description()["components"],
    }
    return jsonschema_rs.is_valid(wanted, answer.json())


def written_to(topic: Topic, channel: Channel) -> list[str]:
    with reading() as db:
        return [each.address for each in audience(db, topic, channel, now=datetime.now(UTC))]


def suppressions() -> set[tuple[str, str, str]]:
    with reading() as db:
        return {(row.channel, row.topic, row.way) for row in db.exec(select(Suppression))}


def test_stop_by_sms_takes_somebody_out_of_the_very_next_audience(machine: Browser) -> None:
    say_yes_to_everything()
    answer = post(machine, STOP)
    assert (answer.status_code, answer.json()) == (200, {"taken": 1, "refused": []})
    assert answer.headers["cache-control"] == "no-store"
    for topic in Topic:
        assert written_to(topic, Channel.SMS) == []
        assert written_to(topic, Channel.EMAIL) == [KARI]


def test_one_topic_is_stopped_alone(machine: Browser) -> None:
    say_yes_to_everything()
    post(machine, OFFERS)
    assert written_to(Topic.OFFERS, Channel.EMAIL) == []
    assert written_to(Topic.SURVEYS, Channel.EMAIL) == [KARI]


@pytest.mark.parametrize("reason", ["complaint", "bounce"])
def test_complaint_or_bounce_is_about_everything(machine: Browser, reason: str) -> None:
    say_yes_to_everything()
    post(machine, OFFERS | {"reason": reason})
    assert not [topic for topic in Topic if written_to(topic, Channel.EMAIL)]
    assert suppressions() == {("email", "all", reason)}


def test_many_come_at_once_and_a_bad_one_holds_up_no_other(machine: Browser) -> None:
    say_yes_to_everything()
    bad = [OFFERS | {"address": ""}, STOP | {"address": "+4712"}, OFFERS | {"address": "post@x"}]
    answer = post(machine, {"opt_outs": [bad[0], OFFERS, bad[1], STOP, bad[2]]})
    assert answer.status_code == 200
    assert conforms(answer, "TakenReports")
    assert answer.json()["taken"] == 2
    assert [(each["index"], each["error"]) for each in answer.json()["refused"]] == [
        (0, "email-no-at"),
        (2, "phone-too-short"),
        (4, "email-unknown"),
    ]
    assert written_to(Topic.OFFERS, Channel.EMAIL) == []
    assert written_to(Topic.OFFERS, Channel.SMS) == []


def test_posting_the_same_twice_changes_nothing(machine: Browser) -> None:
    say_yes_to_everything()
    answers = [post(machine, {"opt_outs": [OFFERS, OFFERS, STOP]}) for _ in range(3)]
    assert {each.text for each in answers} == {'{"taken":3,"refused":[]}'}
    with reading() as db:
        noes = [row for row in db.exec(select(MarketingReceipt)) if row.decision == "no"]
    assert len(noes) == 2


def test_answer_tells_nothing_about_who_is_known(machine: Browser) -> None:
    say_yes_to_everything()
    known = post(machine, OFFERS)
    unknown = post(machine, OFFERS | {"address": "nobody@elsewhere.example"})
    assert known.text == unknown.text
    assert known.headers.raw == unknown.headers.raw


def test_address_is_found_however_it_is_written(machine: Browser) -> None:
    say_yes_to_everything()
    post(machine, OFFERS | {"address": f" {KARI.upper()}"})
    post(machine, STOP | {"address": "+47 900 00 101"})
    assert written_to(Topic.OFFERS, Channel.EMAIL) == written_to(Topic.OFFERS, Channel.SMS) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "channel"),
        ([], ""),
        ("opt_outs", ""),
        ({"opt_outs": None}, "opt_outs"),
        ({"opt_outs": [OFFERS], "channel": "email"}, "channel"),
        ({"opt_outs": [OFFERS, OFFERS | {"topic": "news"}]}, "opt_outs.1.topic"),
        ({"opt_outs": []}, "opt_outs"),
        ({"opt_outs": [OFFERS] * 501}, "opt_outs"),
        (OFFERS | {"channel": "fax"}, "channel"),
        (OFFERS | {"reason": "because"}, "reason"),
        (OFFERS | {"topic": "all"}, "topic"),
        (OFFERS | {"channel": 10**4000}, "channel"),
        (OFFERS | {"more": 1}, "more"),
        (OFFERS | {"address": 1}, "address"),
    ],
)
def test_body_of_another_shape_is_refused_whole(machine: Browser, body: object, field: str) -> None:
    answer = post(machine, body)
    assert answer.status_code == 400
    assert conforms(answer, "Problem")
    assert answer.json() == {"error": "bad-request", "field": field}
    assert suppressions() == set()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[" * 60_000,
        b'{"channel":' * 5_000,
        b'"\\ud800"',
        b"1e999",
        b"NaN",
        b"9" * 60_000,
        b'{"channel": "sms", "address": "+4790000101", "reason": "stop\x00"}',
        b'\xef\xbb\xbf{"channel": "sms", "address": "+4790000101", "reason": "stop"}',
    ],
)
def test_body_that_is_no_json_is_refused(machine: Browser, content: bytes) -> None:
    headers = {**bearer(), "Content-Type": "application/json"}
    answer = machine.post(PATH, content=content, headers=headers)
    assert answer.status_code == 400
    assert conforms(answer, "Problem")


def test_invisible_signs_and_names_given_twice_do_not_hold_up_a_no(machine: Browser) -> None:
    say_yes_to_everything()
    content = b'{"channel": "email", "channel": "sms", "address": "\\u0000+4790000101\\u202c", '
    content += b'"reason": "stop"}'
    headers = {**bearer(), "Content-Type": "application/json"}
    answer = machine.post(PATH, content=content, headers=headers)
    assert (answer.status_code, answer.json()["taken"]) == (200, 1)
    assert written_to(Topic.OFFERS, Channel.SMS) == []


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/jsonp", "application/x-www-form-urlencoded"]
)
def test_body_must_say_that_it_is_json(machine: Browser, media_type: str) -> None:
    headers = bearer() | ({"Content-Type": media_type} if media_type else {})
    answer = machine.post(PATH, content=json.dumps(STOP), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (415, "json-required")
    assert suppressions() == set()


def test_media_type_is_known_in_any_spelling(machine: Browser) -> None:
    headers = bearer() | {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = machine.post(PATH, content=json.dumps(STOP), headers=headers)
    assert answer.status_code == 200


def test_largest_bulk_fits_into_a_body(machine: Browser) -> None:
    each = [f"person.{number}@elsewhere.example" for number in range(MOST_REPORTS)]
    answer = post(machine, {"opt_outs": [OFFERS | {"address": address} for address in each]})
    assert (answer.status_code, answer.json()["taken"]) == (200, MOST_REPORTS)


def test_too_large_a_body_is_refused_as_machines_read_it(machine: Browser) -> None:
    headers = {**bearer(), "Content-Type": "application/json"}
    answer = machine.post(PATH, content=b" " * 70_000, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "body-too-large")


@pytest.mark.parametrize(
    "headers",
    [{}, bearer(OTHER), bearer(""), {"Authorization": f"Basic {TOKEN}"}],
)
def test_without_a_sender_s_token_nothing_is_taken(
    machine: Browser, headers: dict[str, str]
) -> None:
    answer = machine.post(PATH, json=STOP, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert suppressions() == set()


def test_sender_reads_no_call_lists(machine: Browser) -> None:
    assert machine.get("/api/call-lists", headers=bearer(TOKEN)).status_code == 401


def test_session_is_no_token(machine: Browser) -> None:
    machine.sign_in_as(KARI)
    assert machine.post(PATH, json=STOP).status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_told_which_one_answers(machine: Browser, method: str) -> None:
    answer = machine.request(method, PATH, headers=bearer())
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert conforms(answer, "Problem")


def test_address_that_does_not_exist_is_told_as_machines_read_it(machine: Browser) -> None:
    answer = machine.get("/api/marketing", headers=bearer())
    assert (answer.status_code, answer.json()["error"]) == (404, "not-found")


def test_address_in_disguise_is_told_as_machines_read_it(machine: Browser) -> None:
    answer = machine.post("/api/marketing/opt%2Douts", json=STOP, headers=bearer())
    assert (answer.status_code, answer.json()["error"]) == (404, "not-found")


def test_fault_of_ours_is_told_as_machines_read_it(
    machine: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(api, "take_reports", broken)
    answer = post(machine, STOP)
    assert (answer.status_code, answer.json()) == (500, {"error": "failed", "field": ""})
    assert conforms(answer, "Problem")


def test_description_s_examples_are_right(machine: Browser) -> None:
    operation = description()["paths"][PATH]["post"]
    asked = operation["requestBody"]["content"]["application/json"]["examples"]
    answered = operation["responses"]["200"]["content"]["application/json"]["examples"]
    for name, example in asked.items():
        assert post(machine, example["value"]).json() == answered[name]["value"]


def test_guessing_tokens_is_slowed(machine: Browser) -> None:
    answers = [post(machine, STOP, "x" * 40) for _ in range(25)]
    assert [answers[0].status_code, answers[-1].status_code] == [401, 429]
    assert suppressions() == set()


def test_calls_are_limited(machine: Browser) -> None:
    answers = [post(machine, OFFERS) for _ in range(130)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert conforms(answers[-1], "Problem")
