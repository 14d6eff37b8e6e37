"""What every answer carries: policies, and nothing that a cache may keep."""

import base64
import hashlib
import re

import httpx
import pytest

from portal.languages import LOCALES
from portal.web.documents import DOCUMENT_POLICY
from portal.web.site_map import PAGES
from tests.people import AUD, KARI, OLA
from tests.visitors import SECURE, Browser, Browsers, Configure

# Nothing here is asked of the database but who has the session.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGE_PATHS = [f"/{locale}/{page.path}" for locale in LOCALES for page in PAGES]
EVERY_KIND = (
    "/",
    "/en/sign-in",
    "/en/no-such-page",
    "/en/overview",
    "/favicon.svg",
    "/robots.txt",
    "/health/live",
    "/.well-known/security.txt",
    "/dev/mailbox",
    "/_event",
)


def directives(answer: httpx.Response) -> dict[str, list[str]]:
    policy = answer.headers["content-security-policy"]
    parts = [part.split() for part in policy.split(";")]
    return {name: sources for name, *sources in parts}


def hashes_of_inline_scripts(html: str) -> set[str]:
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", html, re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    return {f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}


@pytest.mark.parametrize("path", EVERY_KIND)
def test_every_answer_carries_the_standing_headers(browsers: Browsers, path: str) -> None:
    headers = browsers().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/", "/en/sign-in", "/favicon.svg", "/en/no-such-page"])
def test_https_is_remembered_by_browsers_only_where_there_is_https(
    browsers: Browsers, configure: Configure, path: str
) -> None:
    configure(PUBLIC_URL=SECURE)
    assert browsers().get(path).headers["strict-transport-security"].startswith("max-age=63072000")


@pytest.mark.parametrize("path", ["/", "/en/sign-in", "/en/overview", "/en/nothing", "/robots.txt"])
def test_nothing_but_the_bundle_is_ever_cached(
    browsers: Browsers, inhabited: str, path: str
) -> None:
    assert browsers().get(path).headers["cache-control"] == "no-store"
    assert browsers().sign_in_as(KARI).get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/en/sign-in", "/en/no-such-page", "/fi/reset-password"])
def test_documents_allow_no_script_at_all(browsers: Browsers, path: str) -> None:
    answer = browsers().get(path)
    assert answer.headers["content-security-policy"] == DOCUMENT_POLICY
    assert directives(answer)["script-src"] == ["'none'"]
    assert directives(answer)["style-src"] == ["'self'"]


def test_pages_allow_exactly_the_scripts_that_stand_in_them(
    browsers: Browsers, inhabited: str
) -> None:
    readers = {"/my-alarms": OLA, "/support": AUD}
    signed_in = {email: browsers().sign_in_as(email) for email in (KARI, OLA, AUD)}
    for path in PAGE_PATHS:
        reader = next((who for part, who in readers.items() if part in path), KARI)
        answer = signed_in[reader].get(path)
        assert answer.status_code == 200, path
        scripts = directives(answer)["script-src"]
        assert scripts[0] == "'self'"
        assert set(scripts[1:]) == hashes_of_inline_scripts(answer.text), path
        assert hashes_of_inline_scripts(answer.text), "a page without inline scripts is new"


def test_policies_of_pages_name_no_other_host_and_no_eval(
    browsers: Browsers, inhabited: str
) -> None:
    answer = browsers().sign_in_as(KARI).get("/en/company")
    policy = answer.headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert "*" not in policy
    found = directives(answer)
    assert "'unsafe-inline'" not in found["script-src"]
    assert found["default-src"] == ["'none'"]
    assert found["connect-src"] == ["'self'"]
    assert found["form-action"] == ["'self'"]
    assert found["base-uri"] == ["'none'"]


def test_pages_hold_their_own_language(browsers: Browsers, inhabited: str) -> None:
    kari = browsers().sign_in_as(KARI)
    for path in PAGE_PATHS:
        assert f'<html lang="{path[1:3]}"' in kari.get(path).text


def test_html_of_pages_holds_nobody_s_data(browsers: Browsers, inhabited: str) -> None:
    """Pages are built once for everybody; what they show comes over the guarded socket."""
    kari: Browser = browsers().sign_in_as(KARI)
    for path in PAGE_PATHS:
        html = kari.get(path).text
        assert "Kari" not in html
        assert "Nordlys" not in html
