"""Data requests of anyone: the form, the mailed link's page, and its button."""

from asyncio import to_thread
from typing import Any

from starlette.responses import RedirectResponse, Response

from portal.accounts.sign_in import VISITOR
from portal.errors import InvalidFieldsError
from portal.languages import format_day, using
from portal.privacy import public_requests
from portal.privacy.limits import count_request
from portal.privacy.models import RequestKind, Verification
from portal.privacy.public_requests import (
    AlreadyConfirmedError,
    Asked,
    ConfirmationEndedError,
    Unconfirmed,
)
from portal.privacy.request_kinds import kind_name
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.visit import Visit
from portal.web.pages.privacy_request import PATH, chosen_slot
from portal.web.services import change, look

BY_PHONE = "?by=phone"


async def show_ask(visit: Visit) -> Response:
    return document(PATH, visit.locale)


async def post_ask(visit: Visit) -> Response:
    """Take the request. The answer is the same whether or not we know the address."""
    await to_thread(count_request, visit.address)
    typed = {name: visit.field(name) for name in ("name", "email", "phone", "words")}
    kind = visit.field("kind")
    try:
        way = await change(
            public_requests.ask,
            VISITOR,
            Asked(kind=kind, **typed),
            locale=visit.locale,
            now=visit.now,
        )
    except InvalidFieldsError as error:
        chosen = {chosen_slot(each): True for each in RequestKind if each.value == kind}
        return wrong_form(visit, PATH, error, **typed, **chosen)
    by = BY_PHONE if way is Verification.CALL_BACK else ""
    return RedirectResponse(f"{visit.path(PATH)}/sent{by}", 303)


async def show_sent(visit: Visit) -> Response:
    by_phone = visit.query("by") == "phone"
    query = BY_PHONE if by_phone else ""
    return document(f"{PATH}/sent", visit.locale, by_phone=by_phone, query=query)


async def show_confirm(visit: Visit) -> Response:
    """The page of the mailed link. Looking at it changes nothing."""
    try:
        found = await look(public_requests.open_confirmation, _token(visit), now=visit.now)
    except AlreadyConfirmedError:
        return document(f"{PATH}/already-confirmed", visit.locale)
    except ConfirmationEndedError as error:
        return document(f"{PATH}/link-ended", visit.locale, status=error.status)
    return document(f"{PATH}/confirm", visit.locale, **_in_words(visit, found))


async def post_confirm(visit: Visit) -> Response:
    """The request counts from now on, and its month from the day on which it came."""
    try:
        await change(public_requests.confirm, VISITOR, _token(visit), now=visit.now)
        page = "confirmed"
    except AlreadyConfirmedError:
        page = "confirmed"  # the second press of two
    except ConfirmationEndedError:
        page = "confirm"
    return RedirectResponse(visit.path(f"{PATH}/{page}"), 303)


async def show_confirmed(visit: Visit) -> Response:
    """What counts now; later, and to whoever else opens the link, no more than that it does."""
    try:
        found = await look(public_requests.just_confirmed, _token(visit), now=visit.now)
    except ConfirmationEndedError:
        if _token(visit):
            return RedirectResponse(visit.path(f"{PATH}/confirm"), 303)
        # The browser keeps a link for half an hour: a later reload comes without it.
        return document(f"{PATH}/already-confirmed", visit.locale)
    except AlreadyConfirmedError:
        return document(f"{PATH}/already-confirmed", visit.locale)
    return document(f"{PATH}/confirmed", visit.locale, **_in_words(visit, found))


def _in_words(visit: Visit, request: Unconfirmed) -> dict[str, Any]:
    with using(visit.locale):
        return {
            "about": kind_name(request.kind),
            "received": format_day(request.received_on),
            "due": format_day(request.due_on),
        }


def _token(visit: Visit) -> str:
    return cookies.link_token(visit.request, public_requests.PURPOSE)
