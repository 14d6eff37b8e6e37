"""Logs tell what happened and never to whom."""

import io
import json
import logging
import logging.config
import sys
import warnings
from collections.abc import Iterator

import pytest
import structlog

from portal.logs import SERVER_LOGGING, configure_logs
from portal.redaction import redacted

PERSONAL = [
    "kari@nordlys.example",
    "Kari.Nordli+x@sub.nordlys.no",
    "+47 73 00 00 00",
    "+4773000000",
    "90123456",
    "901 23 456",
    "0047 901 23 456",
    "Ln9-2bRk_qWJ8vXo3ZyT5uAaEeFfGgHhIiKkLlMmNnO",
    "203.0.113.9",
    "2001:db8:85a3::8a2e:370:7334",
]
HARMLESS = [
    "mail sent in 12.5 ms, 10000 rows, port 54321",
    "2026-11-23 09:30:00 and 2026-11-23T09:30:00.123456Z",
    "row 3f1c2a44-1f0e-4e0c-9b0a-6c1d2e3f4a5b",
    "<3f1c2a44-1f0e-4e0c-9b0a-6c1d2e3f4a5b@portal.example>",
    "Listening on http://127.0.0.1:3000",
    "SMTP 550 5.1.1",
    "portal.web.pages.company_details line 123 in a_function_with_a_very_long_name_indeed",
    "Reflex 0.10.1",
]


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """What is logged; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level, configuration = root.handlers, root.level, structlog.get_config()
    yield io.StringIO()
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.configure(**configuration)


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("json_lines", [True, False])
@pytest.mark.parametrize("personal", PERSONAL)
def test_no_personal_datum_gets_into_the_log(
    personal: str, output: io.StringIO, *, json_lines: bool
) -> None:
    configure_logs(json=json_lines, stream=output)
    ours, theirs = structlog.get_logger("portal.test"), logging.getLogger("reflex.state")
    ours.info(f"seen {personal} there", value=personal, deep={"list": [personal], personal: 1})
    ours.warning("an object", thing=ValueError(personal))
    theirs.warning("bad value %r for %s", personal, {"field": personal})
    theirs.info({"a": personal})
    for log in (ours, theirs):
        try:
            int(f"<{personal}>")
        except ValueError:
            log.exception("failed")
    assert personal not in output.getvalue()
    assert output.getvalue().count("ValueError") >= 2, "the trace is there"


def test_secrets_are_removed_by_name(output: io.StringIO) -> None:
    configure_logs(json=True, stream=output)
    log = structlog.get_logger("portal.test")
    log.info("x", password="hunter2", Cookie="a=b", email="e", name="Kari", token="t", phone="1")
    logging.getLogger("asyncio").warning("password='hunter 2' Authorization: Basic a2FyaQ==\nnext")
    logging.getLogger("x").warning("smtp://user:hunter2@host /go/activate/short-token-1234567?l=nb")
    assert not any(
        secret in output.getvalue()
        for secret in ("hunter", "a=b", "Kari", "a2FyaQ", "short-token", '"e"')
    )
    assert "next" in output.getvalue()


def test_production_writes_one_json_object_a_line(output: io.StringIO) -> None:
    configure_logs(json=True, stream=output)
    structlog.get_logger("portal.mail").info("mail sent", kind="activation")
    logging.getLogger("granian").warning("hello\nworld")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("look out", UserWarning, stacklevel=1)
    first, second, third = (json.loads(line) for line in output.getvalue().splitlines())
    assert (first["event"], first["level"], first["logger"]) == (
        "mail sent",
        "info",
        "portal.mail",
    )
    assert first["timestamp"].endswith("Z")
    assert second["event"] == "hello\nworld"
    assert "look out" in third["event"]


def test_the_servers_own_lines_take_the_same_way(output: io.StringIO) -> None:
    configure_logs(json=True, stream=output)
    logger = logging.getLogger("_granian")
    logger.handlers = [logging.StreamHandler(sys.stdout)]
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False} | SERVER_LOGGING)
    logger.warning("started for kari@nordlys.example")
    assert logger.handlers == []
    assert "started for [e-mail]" in output.getvalue()
