"""`portal doctor`: a sentence for each thing that does not work."""

import socket
from datetime import datetime
from pathlib import Path

import pytest

from portal.audit import keys
from portal.audit.keys import note_key
from portal.database import get_engine, transaction
from portal.diagnosis import diagnose
from portal.mail.models import OutboxMessage
from portal.migrations import unmigrate
from portal.settings import Environment, Settings, get_settings


def said(**changes: object) -> list[str]:
    settings = get_settings().model_copy(update=changes)
    return list(diagnose(Settings.model_construct(**settings.model_dump())))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nothing_is_said_when_all_is_well(database: str):
    assert said() == []


def test_tables_of_another_version_are_named(database: str):
    unmigrate(get_engine(), "base")
    assert any("portal migrate" in problem for problem in said())


def test_a_changed_pseudonym_key_is_named(database: str, monkeypatch: pytest.MonkeyPatch):
    with transaction() as db:
        note_key(db)
    monkeypatch.setattr(keys, "fingerprint", lambda: "of another key")
    assert any("PORTAL_PSEUDONYM_KEY" in problem for problem in said())


def test_a_mail_server_that_does_not_answer_is_named(database: str):
    problems = said(mail_url=f"smtp://127.0.0.1:{free_port()}")
    assert any("PORTAL_MAIL_URL" in problem for problem in problems)


def test_a_redis_that_does_not_answer_is_named(database: str):
    problems = said(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    assert any("PORTAL_REDIS_URL" in problem for problem in problems)


def test_a_port_that_the_public_address_does_not_name_is_told(database: str):
    problems = said(port=3999)
    assert any("PORTAL_PORT" in problem for problem in problems)


def test_mails_that_were_given_up_are_counted(database: str, clock: datetime):
    with transaction() as db:
        db.add(
            OutboxMessage(
                message_id="<1@portal.example>",
                kind="activation",
                recipient="kari@nordlys.example",
                locale="nb",
                state="given-up",
                created_at=clock,
                due_at=clock,
            )
        )
    assert any(problem.startswith("1 mail") for problem in said())


def test_a_database_that_cannot_be_opened_is_named(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
):
    from portal import diagnosis
    from portal.database import make_engine

    engine = make_engine(f"sqlite:///{tmp_path}/no-such-folder/portal.sqlite3")
    monkeypatch.setattr(diagnosis, "get_engine", lambda: engine)
    assert any("PORTAL_DATABASE_URL" in problem for problem in said())


@pytest.mark.parametrize("name", ["station_tokens", "sender_tokens"])
def test_machines_that_cannot_call_are_named_in_production(database: str, name: str):
    tokens = {"station_tokens": "s" * 32, "sender_tokens": "t" * 32}
    production = {"env": Environment.PRODUCTION, "trusted_proxies": 1, **tokens}
    assert said(**production) == []
    (problem,) = said(**production | {name: ""})
    assert problem.startswith(f"PORTAL_{name.upper()} is empty")
