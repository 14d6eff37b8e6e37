"""People in real browsers, on the real server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.running import Running

People = Callable[..., Page]

# Set before any of the page's own scripts; `buffered` also tells of what came earlier.
WATCH_SHIFTS = """
window.layoutShift = 0;
window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.layoutShift += entry.value;
    window.shifted.push(...entry.sources.map((s) => s.node?.className || s.node?.nodeName));
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def console() -> list[str]:
    """What the browsers of a test complained of. Empty at its end, or the test fails."""
    return []


@pytest.fixture
def people_at(
    browser: Browser,
    running: Running,
    console: list[str],
    browser_context_args: dict[str, Any],
) -> Iterator[People]:
    """`people_at("kari@…")` is Kari's browser, signed in; `people_at()` a stranger's.

    Every call is another browser with cookies of its own. `session` takes a session that exists.
    """
    contexts: list[BrowserContext] = []

    def arrive(email: str = "", *, session: str = "", **options: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, **options})
        contexts.append(context)
        token = session or (running.session(email) if email else "")
        if token:
            context.add_cookies(
                [
                    {
                        "name": "session",
                        "value": token,
                        "url": running.url,
                        "httpOnly": True,
                        "sameSite": "Lax",
                    }
                ]
            )
        context.add_init_script(WATCH_SHIFTS)
        page = context.new_page()
        page.on("console", lambda message: _note(console, message))
        page.on("pageerror", lambda error: console.append(f"{page.url}: {error}"))
        page.set_default_timeout(10_000)
        return page

    yield arrive
    for context in contexts:
        context.close()


def _note(console: list[str], message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        console.append(f"{message.type} {message.text} {message.location.get('url', '')}")


@pytest.fixture
def no_complaints(console: list[str]) -> Iterator[None]:
    """For tests in which nothing goes wrong that a browser would report."""
    yield
    assert console == []
