"""First load: the bytes that Chromium receives for a page when nothing is cached."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.ground import KARI, PASSWORD, Ground
from bench.results import Result
from tests import browsers

PUBLIC = ("/en/sign-in", "/en/reset-password", "/nb/sign-in")
SIGNED_IN = ("/en/overview", "/en/company", "/en/account")
MOST_PUBLIC, MOST_SIGNED_IN = 40, 185  # kB


@dataclass
class Load:
    """What a page loaded: bytes of bodies as they came over the wire, headers apart."""

    path: str
    bytes: int = 0
    scripts: int = 0

    @property
    def kilobytes(self) -> float:
        return self.bytes / 1000


def measure(ground: Ground) -> Iterator[Result]:
    with ground.blank() as server, browser() as chromium:
        blank = first_load(chromium, server.url, "/")
    with ground.portal(10) as server, browser() as chromium:
        public = [first_load(chromium, server.url, path) for path in PUBLIC]
        cookies = signed_in_cookies(chromium, server.url)
        portal = [first_load(chromium, server.url, path, cookies) for path in SIGNED_IN]
    heaviest = max(public, key=lambda load: load.bytes)
    scripts = sum(load.scripts for load in public)
    yield _result("public page", heaviest, blank, MOST_PUBLIC, scripts=scripts)
    heaviest = max(portal, key=lambda load: load.bytes)
    yield _result("portal page", heaviest, blank, MOST_SIGNED_IN)


def _result(name: str, load: Load, blank: Load, most: int, *, scripts: int | None = None) -> Result:
    return Result(
        f"first load, {name} ({load.path})",
        f"{load.kilobytes:.1f} kB" + ("" if scripts is None else f", {scripts} scripts"),
        f"{blank.kilobytes:.1f} kB",
        load.bytes / blank.bytes,
        f"<= {most} kB" + ("" if scripts is None else ", no script"),
        load.kilobytes <= most and not scripts,
    )


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser of the tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browsers.find(), args=[*browsers.ARGUMENTS, "--no-sandbox"]
        )
        yield chromium
        chromium.close()


def signed_in_cookies(chromium: Browser, url: str, email: str = KARI) -> list[Any]:
    """The cookies of a browser that has signed in by the form."""
    context = chromium.new_context(base_url=url)
    page = context.new_page()
    page.goto("/en/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/en/overview")
    cookies = context.cookies()
    context.close()
    return cookies


def first_load(chromium: Browser, url: str, path: str, cookies: list[Any] | None = None) -> Load:
    """Load a page in a browser that has never been there."""
    context = chromium.new_context(base_url=url)
    if cookies:
        context.add_cookies(cookies)
    page = context.new_page()
    load = Load(path)
    _count(page, load)
    page.goto(path, wait_until="networkidle")
    context.close()
    return load


def _count(page: Page, load: Load) -> None:
    headers: dict[str, int] = {}
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")

    def responded(event: dict[str, Any]) -> None:
        headers[event["requestId"]] = event["response"]["encodedDataLength"]
        load.scripts += event["type"] == "Script"

    def finished(event: dict[str, Any]) -> None:
        load.bytes += int(event["encodedDataLength"]) - headers.get(event["requestId"], 0)

    client.on("Network.responseReceived", responded)
    client.on("Network.loadingFinished", finished)
