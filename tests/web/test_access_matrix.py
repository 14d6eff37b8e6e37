"""Who may use what: every page, route and event handler, tried by everybody.

The list is made from the registries of the running code, so that nothing new can be forgotten.
What each access level means is written down here once more, by name, and not asked of the code.
"""

import ast
import asyncio
import inspect
import types
import typing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from reflex.event import Event
from reflex.state import BaseState
from reflex_base.registry import RegistrationContext
from sqlmodel import SQLModel
from starlette.responses import Response

import portal.portal
import portal.web.guard as guard_module
from portal.languages import LOCALES
from portal.web.access import Access, declared_access
from portal.web.guard import FRAMEWORK_EVENTS, HYDRATE, Guard, access_of
from portal.web.http.application import PortalApplication
from portal.web.http.routes import routes
from portal.web.http.visit import Visit
from portal.web.site_map import DOCUMENTS, PAGES
from tests import people, visitors
from tests.visitors import Browser, Browsers

STRANGER = "stranger"
SIGNED_IN = {*people.EVERYBODY}
MAY: dict[Access, set[str]] = {
    Access.EVERYONE: {STRANGER, *SIGNED_IN},
    Access.SIGNED_IN: SIGNED_IN,
    Access.NOT_STAFF: SIGNED_IN - {"agent", "lead"},
    Access.MEMBER: {"owner", "administrator", "colleague", "other customer"},
    Access.ADMINISTRATOR: {"owner", "administrator", "other customer"},
    Access.OWNER: {"owner", "other customer"},
    Access.CONTACT: {"alarm contact"},
    Access.STAFF: {"agent", "lead"},
    Access.LEAD: {"lead"},
}
SAMPLES = {
    "id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "locale": "en",
    "purpose": "activate",
    "token": "abcdefgh",
    "name": "20260101-x",
    "scope": "account",
    "format": "json",
}

# Machines send no origin: a token stands for it, and no cookie is looked at.
FROM_MACHINES = {
    "/api/call-lists/acknowledgements",
    "/api/marketing/opt-outs",
    "/unsubscribe/{token}",  # mail programs post it, and all that it can do is in the token
}
ROUTES = routes()
HANDLERS = sorted(RegistrationContext.get().event_handlers)
OWN_HANDLERS = [name for name in HANDLERS if ".portal___" in name and not name.endswith(".setvar")]


@pytest.fixture
def everybody(browsers: Browsers, inhabited: str) -> dict[str, Browser]:
    found = {role: browsers().sign_in_as(email) for role, email in people.EVERYBODY.items()}
    return {STRANGER: browsers(), **found}


def test_every_level_of_access_is_explained_here() -> None:
    assert set(MAY) == set(Access)


def test_pages_are_opened_by_whom_they_are_for(everybody: dict[str, Browser]) -> None:
    for page in PAGES:
        for role, visitor in everybody.items():
            answer = visitor.get(f"/en/{page.path}")
            if role in MAY[page.access]:
                assert answer.status_code == 200, (page.path, role)
            elif role == STRANGER:
                assert answer.status_code == 303, page.path
                assert answer.headers["location"] == f"/en/sign-in?next=/en/{page.path}"
            else:
                assert answer.status_code == 404, (page.path, role)
                assert "<script" not in answer.text


def test_routes_are_reached_by_whom_they_are_for(
    everybody: dict[str, Browser], runner: asyncio.Runner
) -> None:
    async def reached(visit: Visit) -> Response:
        return Response(status_code=204)

    app = PortalApplication(
        visitors._no_reflex, tuple(replace(route, endpoint=reached) for route in ROUTES)
    )
    for role, visitor in everybody.items():
        visitor._transport = visitors._InProcess(app, runner, "192.0.2.1")
        for route in ROUTES:
            answer = visitor.request(
                route.method,
                route.path.format(**SAMPLES),
                headers={"Origin": visitors.HERE} if route.method == "POST" else {},
            )
            if role in MAY[route.access]:
                assert answer.status_code == 204, (route.path, role)
            elif role == STRANGER:
                assert answer.status_code == 303, route.path
                assert "/sign-in" in answer.headers["location"]
            else:
                assert answer.status_code == 404, (route.path, role)


def test_every_document_is_shown_by_a_declared_route_or_not_at_all(
    everybody: dict[str, Browser],
) -> None:
    """A document that no route shows (such as "too many attempts") has no address of its own."""
    shown = {
        route.path.removeprefix("/{locale}/").removeprefix("/")
        for route in ROUTES
        if route.method == "GET"
    }
    for each in DOCUMENTS:
        answer = everybody[STRANGER].get(f"/en/{each.path}")
        if each.path not in shown:
            assert answer.status_code == 404, each.path


def test_posting_without_our_origin_is_refused_on_every_route(
    everybody: dict[str, Browser],
) -> None:
    for route in ROUTES:
        if route.method != "POST":
            continue
        if route.path in FROM_MACHINES:
            continue
        assert route.checks_origin, f"{route.path}: say here why it need not"
        for role in (STRANGER, "owner"):
            visitor = everybody[role]
            visitor.cookies.set("locale", "en", domain="localhost.local")
            path = route.path.format(**SAMPLES)
            for origin in ("https://evil.example", "null", "", "http://localhost:3001"):
                answer = visitor.post(path, headers={"Origin": origin} if origin else {})
                assert answer.status_code == 403, (path, role, origin)


# Event handlers


def test_every_event_handler_declares_who_may_call_it() -> None:
    undeclared = [name for name in OWN_HANDLERS if access_of(name) is None]
    assert not undeclared
    assert len(OWN_HANDLERS) > 8, "the registry is not what this test takes it for"


def test_no_event_handler_is_for_everyone() -> None:
    """There is no public event handler: whoever is not signed in has no socket."""
    assert not [name for name in OWN_HANDLERS if access_of(name) is Access.EVERYONE]


def test_every_page_and_route_declares_who_may_use_it() -> None:
    assert all(isinstance(page.access, Access) for page in PAGES)
    assert all(isinstance(route.access, Access) for route in ROUTES)
    assert not [page for page in PAGES if page.access is Access.EVERYONE]
    paths = [(route.method, route.path) for route in ROUTES]
    assert len(paths) == len(set(paths))


def test_a_page_s_loaders_are_not_for_fewer_than_the_page() -> None:
    """Else the page would open and stay empty."""
    for page in PAGES:
        for load in page.load:
            declared = declared_access(load.fn)
            assert declared is not None
            assert MAY[page.access] <= MAY[declared], (page.path, load.fn)


def test_the_framework_s_events_have_the_names_that_the_guard_knows() -> None:
    """The pinned Reflex: what is not listed is refused, and what is listed must exist."""
    of_framework = {name for name in HANDLERS if ".portal___" not in name}
    assert set(FRAMEWORK_EVENTS) <= of_framework
    not_let_through = of_framework - FRAMEWORK_EVENTS
    root = "reflex___state____state"
    assert not_let_through == {
        f"{root}.hydrate",
        f"{root}.setvar",
        f"{root}.reflex___istate___shared____shared_state_base_internal.setvar",
        f"{root}.reflex___state____frontend_event_exception_state.setvar",
        f"{root}.reflex___state____on_load_internal_state.setvar",
        f"{root}.reflex___state____update_vars_internal_state.setvar",
        f"{root}.reflex___state____update_vars_internal_state.update_vars_internal",
    }


def arguments_of(name: str) -> dict[str, Any]:
    """Arguments of the right types for a handler, so that only the right to call it decides."""
    samples: dict[Any, Any] = {str: "x", int: 1, bool: True, dict[str, str]: {"x": "y"}, Any: "x"}
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return {}
    model = guard_module._arguments_of(registered.handler.fn)
    return {
        field: samples[info.annotation]
        for field, info in model.model_fields.items()
        if info.is_required()
    }


@pytest.fixture
def ask_guard(inhabited: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Asks the guard whether an event of a person's tab may be handled."""
    tokens = {role: people.session_token(email) for role, email in people.EVERYBODY.items()}
    tokens[STRANGER] = ""

    async def ask(role: str, name: str) -> bool:
        monkeypatch.setattr(guard_module, "session_token_of", lambda sid: tokens[role])
        root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
        guard = Guard()
        hydrate = Event(name=HYDRATE, payload={"hashes": ["x"]})
        opened = await guard.preprocess(portal.portal.app, root, hydrate)
        if role == STRANGER:
            assert opened is not None
        event = Event(name=name, payload=arguments_of(name))
        return await guard.preprocess(portal.portal.app, root, event) is None

    with asyncio.Runner() as runner:
        yield lambda role, name: runner.run(ask(role, name))


def test_event_handlers_obey_those_they_are_for(ask_guard: Any) -> None:
    for name in OWN_HANDLERS:
        access = access_of(name)
        assert access is not None
        for role in (STRANGER, *people.EVERYBODY):
            assert ask_guard(role, name) is (role in MAY[access]), (name, role)


@pytest.mark.parametrize("name", [name for name in HANDLERS if name.endswith(".setvar")])
def test_nobody_sets_a_var_from_outside(ask_guard: Any, name: str) -> None:
    assert not any(ask_guard(role, name) for role in (STRANGER, *people.EVERYBODY))


@pytest.mark.parametrize(
    "name",
    [
        "reflex___state____state.hydrate",
        "reflex___state____state.reset",
        "reflex___state____state.no_such_handler",
        f"{OWN_HANDLERS[0]} ",
        "",
    ],
)
def test_what_is_not_declared_is_refused(ask_guard: Any, name: str) -> None:
    assert not any(ask_guard(role, name) for role in (STRANGER, *people.EVERYBODY))


# What a state may hold


def states() -> list[type[BaseState]]:
    found: list[type[BaseState]] = []
    waiting: list[type[BaseState]] = [rx.State]
    while waiting:
        state = waiting.pop()
        found.append(state)
        waiting.extend(state.get_substates())
    return [state for state in found if state.__module__.startswith("portal.")]


def types_in(annotation: Any) -> set[type]:
    """Every class that a type expression names, TypedDicts and dataclasses opened."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        inner = typing.get_type_hints(annotation) if hasattr(annotation, "__annotations__") else {}
        own = annotation.__module__.startswith("portal.")
        return {annotation}.union(*(types_in(each) for each in inner.values() if own))
    return set().union(*(types_in(each) for each in typing.get_args(annotation)))


def fields_of(state: type[BaseState]) -> dict[str, Any]:
    """The state's own fields, backend Vars among them: name and type."""
    hints = typing.get_type_hints(state)
    return {name: hints[name] for name in state.get_fields() if name in hints}


def test_no_state_holds_rows_of_tables() -> None:
    assert len(states()) >= 4
    for state in states():
        computed = {name: var._var_type for name, var in state.computed_vars.items()}
        for name, annotation in {**fields_of(state), **computed}.items():
            for each in types_in(annotation):
                assert not issubclass(each, SQLModel), f"{state.__name__}.{name}"


SECRETS = ("password", "token", "secret", "hash", "cookie", "code_word", "session_id", "credential")


def test_no_var_is_named_like_a_secret() -> None:
    for state in states():
        for name in {**state.get_fields(), **state.computed_vars}:
            if name.startswith(("rx_router", "router")) or name == "password_age":
                continue
            assert not [word for word in SECRETS if word in name.lower()], name


def test_no_module_with_a_state_imports_a_table() -> None:
    """Rows stay behind the services; pages get display values."""
    for path in Path("portal/web").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models")
            for alias in node.names
        }
        tables = {mapper.class_.__name__ for mapper in SQLModel._sa_registry.mappers}
        assert not named & tables, path


def test_states_hold_no_words() -> None:
    """A default is made once, in the language of the import: texts come with the event."""
    for state in states():
        for name in fields_of(state):
            default = state.get_fields()[name].default
            assert not isinstance(default, str) or not default, f"{state.__name__}.{name}"


def test_no_handler_runs_in_the_background() -> None:
    """A background task outlives the guard's look at the session."""
    for name in OWN_HANDLERS:
        registered = RegistrationContext.get().event_handlers[name]
        assert not registered.handler.is_background, name
        assert inspect.iscoroutinefunction(registered.handler.fn) or name.endswith("say_failure")


def test_there_is_a_page_for_every_language() -> None:
    built = {route.strip("/") for route in portal.portal.app._unevaluated_pages}
    expected = {f"{locale}/{each.path}" for locale in LOCALES for each in (*PAGES, *DOCUMENTS)}
    assert expected <= built
    assert {path for path in built if path.split("/")[0] in LOCALES} == expected
