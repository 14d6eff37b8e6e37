"""Documents about one contact: the code word after a recent sign-in, the letter to print."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from portal.contacts.code_words import code_word, set_code_word
from portal.contacts.letters import contact_letter, give_letter
from portal.errors import InvalidValueError, RecentSignInRequiredError
from portal.web.contact_words import role_word
from portal.web.documents import document
from portal.web.http.forms import wrong_form
from portal.web.http.visit import Visit
from portal.web.identifiers import identifier
from portal.web.locale import format_day, format_phone, using
from portal.web.services import change

_BACK = {"contacts", "my-alarms"}


async def show_code_word(visit: Visit) -> Response:
    """The code word, for the customer's members."""
    return await _show_code_word(visit, "contacts")


async def show_own_code_word(visit: Visit) -> Response:
    """The code word, for the contact."""
    return await _show_code_word(visit, "my-alarms")


async def post_code_word(visit: Visit) -> Response:
    """Save another code word, or none."""
    contact = identifier(visit.field("contact"))
    back = visit.field("back") if visit.field("back") in _BACK else "contacts"
    try:
        await change(set_code_word, visit.person, contact, visit.field("code_word"), now=visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit, contact, back)
    except InvalidValueError as error:
        found = await change(code_word, visit.person, contact, now=visit.now)
        return wrong_form(
            visit,
            "contacts/code-word",
            error,
            name=found.name,
            word=visit.field("code_word"),
            **_places(visit, contact, back),
        )
    return RedirectResponse(f"{_address(visit, contact, back)}?saved=1", 303)


async def show_letter(visit: Visit) -> Response:
    """The letter in the contact's own language, whatever the reader's is."""
    contact = identifier(visit.request.path_params["id"])
    found = await change(contact_letter, visit.person, contact, now=visit.now)
    with using(found.locale):
        sites = [{"place": site.place, "role": role_word(site.role)} for site in found.sites]
    with using(visit.locale):
        given = format_day(found.given_at) if found.given_at else ""
    return document(
        "contacts/letter",
        found.locale,
        contact=str(contact),
        name=found.name,
        phone=format_phone(found.phone),
        customer=found.customer,
        member=found.member,
        sites=sites,
        given=given,
        back_address=visit.path("contacts"),
    )


async def post_letter(visit: Visit) -> Response:
    contact = identifier(visit.field("contact"))
    await change(give_letter, visit.person, contact, now=visit.now)
    return RedirectResponse(visit.path("contacts"), 303)


async def _show_code_word(visit: Visit, back: str) -> Response:
    contact = identifier(visit.request.path_params["id"])
    try:
        found = await change(code_word, visit.person, contact, now=visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit, contact, back)
    return document(
        "contacts/code-word",
        visit.locale,
        name=found.name,
        word=found.word,
        saved=visit.query("saved"),
        **_places(visit, contact, back),
    )


def _places(visit: Visit, contact: UUID, back: str) -> dict[str, Any]:
    return {"contact": str(contact), "back": back, "back_address": visit.path(back)}


def _address(visit: Visit, contact: UUID, back: str) -> str:
    return visit.path(f"{back}/code-word/{contact}")


def _confirm_first(visit: Visit, contact: UUID, back: str) -> Response:
    wanted = quote(_address(visit, contact, back), safe="/")
    return RedirectResponse(f"{visit.path('confirm-identity')}?next={wanted}", 303)
