"""The interface for machines: only with a token, described as it is."""

import jsonschema_rs
import pytest

from portal.web.http.api_description import description
from tests.visitors import Browser, Browsers, Configure

TOKEN = "station-token-of-more-than-thirty-two-characters"
OTHER = "another-token-of-more-than-thirty-two-characters"


@pytest.fixture
def machine(browsers: Browsers, inhabited: str, configure: Configure) -> Browser:
    configure(STATION_TOKENS=f"{TOKEN}, {OTHER}")
    return browsers()


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def conforms(answer: object, schema: str) -> bool:
    document = description()
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    return jsonschema_rs.is_valid(wanted, answer)


def test_call_lists_are_fetched_and_acknowledged(machine: Browser) -> None:
    answer = machine.get("/api/call-lists?since=0", headers=bearer())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    lists = answer.json()
    assert conforms(lists, "CallLists")
    assert {each["customer_number"] for each in lists["call_lists"]} == {"10001", "10002"}
    word = machine.post(
        "/api/call-lists/acknowledgements",
        json={"version": lists["version"]},
        headers=bearer(OTHER),
    )
    assert (word.status_code, word.json()) == (200, {"version": lists["version"]})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("wrong"),
        bearer(""),
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
    ],
)
def test_without_a_token_nothing_is_told(machine: Browser, headers: dict[str, str]) -> None:
    for answer in (
        machine.get("/api/call-lists", headers=headers),
        machine.post("/api/call-lists/acknowledgements", json={"version": 0}, headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.json() == {"error": "unauthorised", "field": ""}
        assert answer.headers["www-authenticate"] == "Bearer"


def test_session_is_no_token(machine: Browser) -> None:
    machine.sign_in_as("kari@nordlys.example")
    assert machine.get("/api/call-lists").status_code == 401


def test_without_tokens_in_the_settings_nobody_gets_in(browsers: Browsers, inhabited: str) -> None:
    assert browsers().get("/api/call-lists", headers=bearer("")).status_code == 401


@pytest.mark.parametrize(
    "since", ["-1", "x", "1.5", "99999999999999999999", "²", "0" * 5000, "0" * 20 + "9" * 30]
)
def test_version_that_is_none_is_refused(machine: Browser, since: str) -> None:
    answer = machine.get("/api/call-lists", params={"since": since}, headers=bearer())
    assert (answer.status_code, answer.json()["field"]) == (400, "since")
    assert conforms(answer.json(), "Problem")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"version": "1"}',
        b'{"version": -1}',
        b'{"version": 0, "more": 1}',
        b"\xff",
    ],
)
def test_word_that_is_none_is_refused(machine: Browser, body: bytes) -> None:
    answer = machine.post(
        "/api/call-lists/acknowledgements",
        content=body,
        headers={**bearer(), "Content-Type": "application/json"},
    )
    assert answer.status_code == 400


def test_future_version_cannot_be_acknowledged(machine: Browser) -> None:
    answer = machine.post(
        "/api/call-lists/acknowledgements", json={"version": 10**9}, headers=bearer()
    )
    assert (answer.status_code, answer.json()["error"]) == (422, "version-unknown")


def test_guessing_tokens_is_slowed(machine: Browser) -> None:
    answers = [machine.get("/api/call-lists", headers=bearer("x")) for _ in range(25)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


def test_description_is_public_and_valid(machine: Browser) -> None:
    answer = machine.get("/api/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/call-lists",
        "/api/call-lists/acknowledgements",
        "/api/marketing/opt-outs",
    }
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
