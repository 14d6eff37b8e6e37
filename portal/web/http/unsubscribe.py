"""Stopping marketing from a message: one click by POST (RFC 8058), or a page with finer choices.

Looking changes nothing, however often a scanner does. Nothing here needs a session or gives one.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from sqlmodel import Session
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal.accounts.email_change import masked
from portal.accounts.sign_in import VISITOR
from portal.errors import InvalidValueError
from portal.marketing.models import Channel, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from portal.marketing.unsubscribe_links import UnsubscribeLink, UnsubscribeLinkError, opened, seal
from portal.marketing.wordings import topic_name
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.visit import Visit, read_form
from portal.web.locale import _, format_phone, using
from portal.web.pages.unsubscribe import EVERYTHING, PATH
from portal.web.services import change

PURPOSE = "unsubscribe"
ONE_CLICK = ("List-Unsubscribe", "One-Click")
MOST_PARTS = 5


async def show_link(visit: Visit) -> Response:
    """Move the token out of the address, and show the page. Nothing changes."""
    token = visit.request.path_params["token"]
    try:
        opened(token)
    except UnsubscribeLinkError as error:
        return document(PATH, visit.locale, status=error.status)
    response = RedirectResponse(visit.path(PATH), 303)
    cookies.set_link(response, PURPOSE, token)
    return response


async def post_one_click(visit: Visit) -> Response:
    """What a mail program sends for its reader: no cookie, no page, no redirect. Twice is once."""
    try:
        link = opened(visit.request.path_params["token"])
    except UnsubscribeLinkError as error:
        return PlainTextResponse("This link is not one of ours.\n", error.status)
    name, value = ONE_CLICK
    if (await _posted(visit)).get(name) != value:
        return PlainTextResponse(f"Post {name}={value}, as RFC 8058 says.\n", 400)
    await change(_stop, visit, link, [link.topic], Way.ONE_CLICK, f"{name}={value}")
    return PlainTextResponse("Unsubscribed.\n")


async def show_unsubscribe(visit: Visit) -> Response:
    """The finer choices for the address behind the link that this browser opened."""
    try:
        link = opened(_token(visit))
    except UnsubscribeLinkError:
        return document(PATH, visit.locale)
    return document(PATH, visit.locale, **_choices(link))


async def post_unsubscribe(visit: Visit) -> Response:
    """Stop what was ticked, or everything, for the link that the page was drawn for: the reader may
    have opened another one since.
    """
    try:
        link = opened(visit.field("link"))
    except UnsubscribeLinkError:
        return document(PATH, visit.locale, status=410)
    everything = visit.field(EVERYTHING) == "yes"
    topics = None if everything else [each for each in Topic if visit.field(f"topic-{each.value}")]
    if topics == []:
        error = InvalidValueError("topics-required", f"topic-{Topic.OFFERS.value}")
        return wrong_form(visit, PATH, error, **_choices(link))
    with using(visit.locale):
        named = ", ".join(topic_name(each) for each in topics or [])
        said = _("No longer send me")
        shown = f"{said}: {named}" if topics else _("Stop everything")
    await change(_stop, visit, link, topics, Way.MAIL_LINK, shown)
    return document(
        f"{PATH}/done",
        visit.locale,
        address=_shown_address(link),
        everything=everything,
        topics=named,
    )


def _stop(
    db: Session,
    visit: Visit,
    link: UnsubscribeLink,
    topics: Sequence[Topic] | None,
    way: Way,
    text: str,
) -> None:
    shown = Shown(text, visit.locale)
    opt_out(db, VISITOR, link.channel, link.address, topics, shown, way, now=visit.now)


def _choices(link: UnsubscribeLink) -> dict[str, Any]:
    return {
        "address": _shown_address(link),
        "link": seal(link),
        f"is_{link.topic.name.lower()}": True,
    }


def _shown_address(link: UnsubscribeLink) -> str:
    """Enough for its holder to know it by."""
    if link.channel is Channel.EMAIL:
        return masked(link.address)
    return f"… {format_phone(link.address)[-5:]}"


def _token(visit: Visit) -> str:
    return cookies.link_token(visit.request, PURPOSE)


async def _posted(visit: Visit) -> dict[str, str]:
    """The form's fields, in either of the two encodings that RFC 8058 names."""
    media_type = visit.request.headers.get("content-type", "").lower()
    if not media_type.startswith("multipart/form-data"):
        return read_form(visit.body.rstrip(b"\r\n"))

    async def body() -> AsyncGenerator[bytes, None]:
        yield visit.body
        yield b""

    try:
        parser = MultiPartParser(visit.request.headers, body(), max_files=0, max_fields=MOST_PARTS)
        form = await parser.parse()
    except (MultiPartException, KeyError):
        return {}
    return {name: value for name, value in form.items() if isinstance(value, str)}
