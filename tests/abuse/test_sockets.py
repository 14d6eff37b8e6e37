"""The event socket under attack: real server, real packets, no page in between."""

import asyncio
import json
import re

import pytest

from tests import people
from tests.event_socket import (
    ACCOUNT,
    COMPANY,
    FRAME,
    HYDRATE,
    OVERVIEW,
    ROOT,
    SITES,
    SocketRefusedError,
    Tab,
    tab,
)
from tests.people import AUD, EVA, KARI, NILS, OLA, SIRI, TOR
from tests.running import Running

pytestmark = pytest.mark.asyncio

LEFT = f"{FRAME}.leave_to"
# What a log line must not hold: a trace of ours, or what somebody typed.
TRACE = re.compile(r"Traceback|File \"")


def left(opened: Tab) -> str:
    return str(opened.vars.get(LEFT) or "")


# Opening


async def test_nobody_opens_a_socket_without_a_session(running: Running) -> None:
    for session in ("", "x" * 43, "\u00e6\u00f8\u00e5".encode().decode("latin-1")):
        with pytest.raises(SocketRefusedError) as refused:
            async with tab(running.url, session):
                pass
        assert refused.value.code == "signed-out"


async def test_no_other_site_opens_a_socket_with_the_visitor_s_cookie(running: Running) -> None:
    session = running.session(KARI)
    for origin in ("https://evil.example", "null", f"{running.url}.evil.example"):
        with pytest.raises(SocketRefusedError) as refused:
            async with tab(running.url, session, origin=origin):
                pass
        assert refused.value.code == ""  # the handshake itself is refused


async def test_an_ended_session_opens_no_socket(running: Running) -> None:
    session = running.session(KARI)
    running.browser(session=session).post("/auth/sign-out")
    with pytest.raises(SocketRefusedError) as refused:
        async with tab(running.url, session):
            pass
    assert refused.value.code == "signed-out"


# What may be said


@pytest.mark.parametrize(
    ("email", "event", "payload"),
    [
        (TOR, f"{COMPANY}.load", {}),
        (TOR, f"{COMPANY}.older_history", {}),
        (TOR, f"{SITES}.load", {}),
        (OLA, f"{COMPANY}.load", {}),
        (OLA, f"{OVERVIEW}.load", {}),
        (SIRI, f"{COMPANY}.load", {}),
        (SIRI, f"{OVERVIEW}.load", {}),
        (AUD, f"{SITES}.load", {}),
        (KARI, f"{FRAME}.setvar", {"var_name": "customer", "value": "Holm Rør ENK"}),
        (KARI, f"{FRAME}.setvar", {"var_name": "_bound_to", "value": "x"}),
        (KARI, f"{COMPANY}.set_values", {"value": {}}),
        (KARI, f"{COMPANY}._show_history", {}),
        (KARI, f"{COMPANY}.reset", {}),
        (KARI, f"{ROOT}.hydrate", {}),
        (KARI, f"{ROOT}.setvar", {"var_name": "is_hydrated", "value": "x"}),
        (KARI, "_clear_local_storage", {}),
    ],
)
async def test_events_that_are_not_for_somebody_do_nothing(
    running: Running, email: str, event: str, payload: dict[str, str]
) -> None:
    async with tab(running.url, running.session(email), "/en/account") as opened:
        before = dict(opened.vars)
        await opened.send(event, **payload)
        await opened.settled()
        changed = {key for key in opened.vars if opened.vars[key] != before.get(key)}
        assert not {key for key in changed if ".portal___" in key}


async def test_a_colleague_saves_nothing_by_calling_the_handler(running: Running) -> None:
    someone = people.add_owner("Handler Test AS")
    async with tab(running.url, running.session(TOR), "/en/company") as opened:
        await opened.send(f"{COMPANY}.save", fields={"group": "identity", "name": "Hijacked AS"})
        await opened.send(f"{SITES}.rename", fields={"site": str(someone.customers[0])})
        await opened.settled()
        assert opened.get(COMPANY, "saved") in {None, ""}
    async with tab(running.url, running.session(KARI)) as kari:
        assert kari.get(COMPANY, "values")["name"] == "Nordlys Bakeri AS"


async def test_a_path_that_the_client_claims_gives_no_rights(running: Running) -> None:
    for email in (TOR, OLA, SIRI):
        async with tab(running.url, running.session(email), "/en/company") as opened:
            assert "314 200 004" not in opened.everything
            assert not opened.get(COMPANY, "loaded")


async def test_client_storage_is_no_way_to_set_a_var(running: Running) -> None:
    async with tab(running.url, running.session(TOR), "/en/overview") as opened:
        for key, value in {
            f"{FRAME}.person_rx_state_": "Nils Holm",
            f"{FRAME}.destinations_rx_state_": ["company"],
            f"{FRAME}._bound_to": "x",
        }.items():
            name = f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal"
            await opened.send(name, vars={key: value})
            await opened.send(HYDRATE, vars={key: value})
        await opened.settled()
        assert opened.get(FRAME, "person") == "Tor Lie"
        assert "company" not in opened.get(FRAME, "destinations")


# Sessions that end


async def test_a_session_that_ended_elsewhere_leads_away_at_the_next_event(
    running: Running,
) -> None:
    someone = people.add_owner("Ended Test AS")
    first, second = running.session(someone.email), running.session(someone.email)
    async with tab(running.url, first) as opened:
        assert opened.get(COMPANY, "values")["name"] == "Ended Test AS"
        # In the database alone, as another process would: nobody closes this socket meanwhile.
        _end(first)
        await opened.send(f"{COMPANY}.load")
        await opened.until(left)
        assert opened.get(COMPANY, "values")["name"] == ""
        assert opened.get(FRAME, "person") == ""
        assert opened.get(SITES, "sites") == []
    assert running.browser(session=second).get("/en/company").status_code == 200


async def test_open_sockets_close_within_seconds_when_the_session_ends(running: Running) -> None:
    someone = people.add_owner("Sweep Test AS")
    session = running.session(someone.email)
    async with tab(running.url, session) as opened:
        _end(session)
        await opened.until(lambda t: t.closed, patience=12)
        assert left(opened)


async def test_signing_out_closes_every_tab_of_the_session_at_once(running: Running) -> None:
    session = running.session(people.add_owner("Two Tabs AS").email)
    async with tab(running.url, session) as one, tab(running.url, session, "/en/account") as two:
        running.browser(session=session).post("/auth/sign-out")
        for opened in (one, two):
            await opened.until(lambda t: t.closed, patience=2)
            assert left(opened)


async def test_a_device_signed_out_from_the_list_is_signed_out_at_once(running: Running) -> None:
    someone = people.add_owner("Devices AS")
    here, there = running.session(someone.email), running.session(someone.email, device="Phone")
    async with (
        tab(running.url, here, "/en/account") as desk,
        tab(running.url, there) as phone,
    ):
        rows = desk.get(ACCOUNT, "devices")
        assert len(rows) == 2
        other = next(row["id"] for row in rows if not row["current"])
        await desk.send(f"{ACCOUNT}.sign_out_device", device=other)
        await phone.until(lambda t: t.closed, patience=2)
        assert left(phone)
        await desk.until(lambda t: len(t.get(ACCOUNT, "devices")) == 1)
        assert not desk.closed


async def test_nobody_signs_another_person_s_device_out(running: Running) -> None:
    someone = people.add_owner("Victim AS")
    async with (
        tab(running.url, running.session(someone.email), "/en/account") as victim,
        tab(running.url, running.session(NILS), "/en/account") as nils,
    ):
        device = victim.get(ACCOUNT, "devices")[0]["id"]
        await nils.send(f"{ACCOUNT}.sign_out_device", device=device)
        await nils.until(lambda t: t.get(ACCOUNT, "notice"))
        await victim.send(f"{ACCOUNT}.load")
        await victim.settled()
        assert not victim.closed
        assert not left(victim)


# One tab, two people


async def test_nothing_of_one_person_reaches_the_next_in_the_same_tab(running: Running) -> None:
    """The client token stays in the tab's storage; the state behind it must not."""
    someone = people.add_owner("Hemmelig Bakeri AS", name="Hege Hemmelig")
    async with tab(running.url, running.session(someone.email)) as hers:
        assert "Hemmelig Bakeri" in hers.everything
        token = hers.client_token
    async with tab(running.url, running.session(NILS), "/en/overview", client_token=token) as his:
        await his.send(f"{COMPANY}.older_history")
        await his.settled()
        assert "Hemmelig" not in his.everything
        assert his.get(FRAME, "person") == "Nils Holm"


async def test_a_stolen_client_token_shows_nothing_without_hydrating(running: Running) -> None:
    someone = people.add_owner("Hemmelig Bakeri AS", name="Hege Hemmelig")
    async with tab(running.url, running.session(someone.email)) as hers:
        token = hers.client_token
    async with tab(running.url, running.session(NILS), client_token=token, hydrate=False) as his:
        for name in (
            f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal",
            f"{ROOT}.set_is_hydrated",
            f"{COMPANY}.load",
            f"{FRAME}.load",
        ):
            await his.send(name, **({"value": True} if "set_" in name else {}))
            await asyncio.sleep(0.05)
        await his.until(left)
        assert "Hemmelig" not in his.everything


async def test_a_client_token_in_use_is_not_shared(running: Running) -> None:
    someone = people.add_owner("Hemmelig Bakeri AS", name="Hege Hemmelig")
    async with tab(running.url, running.session(someone.email)) as hers:
        token = hers.client_token
        async with tab(running.url, running.session(NILS), client_token=token) as his:
            await hers.send(f"{COMPANY}.load")
            await hers.settled()
            assert his.client_token != token
            assert "Hemmelig" not in his.everything
            assert "Holm" not in hers.everything


# Acting for another customer


async def test_an_old_tab_never_saves_into_the_other_customer(running: Running) -> None:
    someone = people.add_owner("Alfa AS", "Beta AS")
    session = running.session(someone.email)
    async with tab(running.url, session) as old:
        assert old.get(COMPANY, "values")["name"] == "Alfa AS"
        chosen = running.browser(session=session).post(
            "/auth/acting-for", data={"customer": str(someone.customers[1]), "locale": "en"}
        )
        assert chosen.status_code == 303
        fields = {"group": "identity", "name": "Alfa og sønner AS", "organisation_number": ""}
        await old.send(f"{COMPANY}.save", fields=fields)
        await old.until(left)
        assert left(old) == "/en/company"
        assert old.get(COMPANY, "values")["name"] == ""
    async with tab(running.url, session) as fresh:
        assert fresh.get(COMPANY, "values")["name"] == "Beta AS"
        assert fresh.get(FRAME, "customer") == "Beta AS"
        assert "Alfa" not in str(fresh.get(COMPANY, "history"))


async def test_a_lost_role_bites_at_the_next_event(running: Running) -> None:
    someone = people.add_owner("Roles AS")
    session = running.session(someone.email)
    async with tab(running.url, session) as opened:
        _make_colleague(someone)
        await opened.send(f"{COMPANY}.save", fields={"group": "identity", "name": "Too Late AS"})
        await opened.until(left)
        assert opened.get(COMPANY, "values")["name"] == ""
    async with tab(running.url, session) as fresh:
        assert "company" not in fresh.get(FRAME, "destinations")
        assert "Roles AS, Bakken 1" not in str(fresh.get(SITES, "sites"))


# Ids of others


async def test_other_customers_ids_answer_like_ids_of_nothing(running: Running) -> None:
    theirs = people.add_owner("Theirs AS")
    async with tab(running.url, running.session(theirs.email)) as tab_of_theirs:
        site = tab_of_theirs.get(SITES, "sites")[0]["id"]
    answers = []
    mine = people.add_owner("Mine AS")
    async with tab(running.url, running.session(mine.email)) as opened:
        for identifier in (site, "11111111-2222-4333-8444-555555555555", "nonsense"):
            seen: list[object] = []
            fields = {
                "site": identifier,
                f"site_name-{identifier}": "Stolen",
                f"address-{identifier}": "Bakken 2",
                f"postal_code-{identifier}": "7030",
                f"city-{identifier}": "Trondheim",
                f"country-{identifier}": "NO",
                f"moves_on-{identifier}": "2030-01-02",
            }
            for event in ("rename", "ask_to_move"):
                await opened.send(f"{SITES}.{event}", fields=fields)
                await opened.settled()
                texts = [error["text"] for error in opened.get(SITES, "errors")]
                seen.append((texts, opened.get(SITES, "saved"), opened.get(SITES, "notice")))
            await opened.send(f"{SITES}.withdraw", request=identifier)
            await opened.settled()
            seen.append(opened.get(SITES, "notice"))
            answers.append(json.dumps(seen))
        assert answers[0] == answers[1] == answers[2]
        assert "Theirs" not in opened.everything
    async with tab(running.url, running.session(theirs.email)) as again:
        assert again.get(SITES, "sites")[0]["name"] == "Theirs AS, Bakken 1"
        assert not again.get(SITES, "sites")[0]["moving"]


# Secrets


async def test_the_session_s_cookie_never_comes_to_the_page(running: Running) -> None:
    session = running.session(EVA)
    for path in ("/en/overview", "/en/company", "/en/account"):
        async with tab(running.url, session, path) as opened:
            await opened.settled()
            assert session not in opened.everything
            assert "cookie" not in str(opened.get(ROOT, "rx_router_headers") or "").lower() or (
                "session=" not in str(opened.get(ROOT, "rx_router_headers"))
            )
            assert "$argon2" not in opened.everything
            assert "token_hash" not in opened.everything


# Floods and nonsense


async def test_a_socket_that_floods_is_closed(running: Running) -> None:
    async with tab(running.url, running.session(KARI), "/en/account") as opened:
        for _ in range(200):
            if opened.closed:
                break
            await opened.send(f"{ROOT}.set_is_hydrated", value=True)
        await opened.until(lambda t: t.closed, patience=5)
    async with tab(running.url, running.session(NILS), "/en/account") as other:
        assert other.get(FRAME, "person") == "Nils Holm"


@pytest.mark.parametrize("kind", ["connect", "ping", "client_error", "disconnect", "link", "nope"])
async def test_every_kind_of_packet_counts_towards_the_flood(running: Running, kind: str) -> None:
    async with tab(running.url, running.session(KARI), "/en/account") as opened:
        for _ in range(300):
            if opened.closed:
                break
            await opened.emit(kind, {"QUERY_STRING": "token=x", "HTTP_COOKIE": ""})
            await asyncio.sleep(0.001)
        await opened.until(lambda t: t.closed, patience=5)


NONSENSE = [
    {"fields": None},
    {"fields": "Kari Nordli"},
    {"fields": ["kari@nordlys.example"]},
    {"fields": {"group": {"deep": "kari@nordlys.example"}, "name": 7}},
    {"fields": {"group": "identity", "name": ["Kari Nordli"], "organisation_number": None}},
    {"fields": {"group": "\x00", "name": "\ud800"}},
    {"fields": {"group": "identity", "name": "Kari Nordli " * 5000}},
    {"kari@nordlys.example": "Kari Nordli"},
    {},
]


@pytest.mark.parametrize("payload", NONSENSE)
async def test_malformed_payloads_are_refused_without_a_trace(
    running: Running, payload: dict[str, object]
) -> None:
    size = running.log_size
    async with tab(running.url, running.session(EVA)) as opened:
        for event in (f"{COMPANY}.save", f"{ACCOUNT}.save_profile", f"{SITES}.rename"):
            await opened.send(event, **payload)
        await opened.send(f"{ACCOUNT}.sign_out_device", device=payload)
        await opened.send(f"{SITES}.withdraw", request=["Kari Nordli"])
        await opened.settled()
        assert not opened.closed
        await opened.send(f"{COMPANY}.load")
        await opened.settled()
        assert opened.get(COMPANY, "values")["name"] == "Nordlys Bakeri AS"
        assert "Traceback" not in opened.everything
    logged = running.logged(size)
    assert "Kari Nordli" not in logged
    assert "kari@nordlys.example" not in logged
    assert not TRACE.search(logged), logged


@pytest.mark.parametrize(
    "packet",
    [
        "Kari Nordli kari@nordlys.example",
        ["Kari Nordli"],
        7,
        {},
        {"name": "Kari Nordli"},
        {"name": ["Kari Nordli"], "payload": {}},
        {"name": f"{ROOT}.set_is_hydrated", "payload": "Kari Nordli"},
        {"name": f"{ROOT}.set_is_hydrated", "router_data": "Kari Nordli"},
        {"name": f"{ROOT}.set_is_hydrated", "router_data": {"pathname": ["Kari Nordli"]}},
        {"name": f"{ROOT}.set_is_hydrated", "router_data": {"pathname": {"x": 1}, "query": 3}},
    ],
)
async def test_malformed_packets_are_refused_without_a_trace(
    running: Running, packet: object
) -> None:
    size = running.log_size
    async with tab(running.url, running.session(EVA), "/en/account") as opened:
        await opened.emit("event", packet)
        await opened.emit("event")
        await opened.emit("event", packet, packet)
        await asyncio.sleep(0.15)
    async with tab(running.url, running.session(EVA), "/en/account") as again:
        assert again.get(FRAME, "person") == "Eva Lund"
    logged = running.logged(size)
    assert "Kari Nordli" not in logged
    assert "kari@nordlys.example" not in logged
    assert not TRACE.search(logged), logged


async def test_a_packet_larger_than_any_form_closes_the_socket(running: Running) -> None:
    async with tab(running.url, running.session(EVA), "/en/account") as opened:
        await opened.send(f"{ACCOUNT}.save_profile", fields={"name": "K" * 2_000_000})
        await opened.until(lambda t: t.closed, patience=5)


def _end(session: str) -> None:
    from datetime import UTC, datetime

    from portal.accounts import sessions
    from portal.database import transaction

    with transaction() as db:
        sessions.end_by_token(db, session, now=datetime.now(UTC))


def _make_colleague(someone: people.Newcomer) -> None:
    from sqlmodel import col, select

    from portal.customers.models import Member
    from portal.database import transaction

    with transaction() as db:
        member = db.exec(select(Member).where(col(Member.user_id) == someone.user_id)).one()
        member.role = "colleague"
        db.add(member)
