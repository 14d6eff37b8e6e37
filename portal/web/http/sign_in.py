"""Signing in and out, and choosing for whom one acts: native forms, answered by documents."""

import re
from asyncio import to_thread

from starlette.responses import RedirectResponse, Response

from portal.accounts import limits, sessions
from portal.accounts.hashing_pool import in_hashing_pool
from portal.accounts.profile import profile
from portal.accounts.proof import account_with, own_account, prove
from portal.accounts.sign_in import confirm_identity, sign_in
from portal.actor import Actor
from portal.customers.acting import choose_customer
from portal.errors import InvalidValueError, NotFoundError
from portal.languages import LOCALES
from portal.web.current_actor import signed_in
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.visit import Visit
from portal.web.identifiers import identifier
from portal.web.services import change, look
from portal.web.site_map import home_of, page_at
from portal.web.sockets import close_sockets_of

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# The documents of signed-in people, to which they are led after proving who they are.
OWN_DOCUMENTS = re.compile(
    f"/(?:{'|'.join(LOCALES)})/"
    f"(?:account/(?:password|email)|data/(?:copy|company-record|delete/(?:membership|account|customer))"
    f"|(?:contacts|my-alarms)/code-word/{_ID})"
)
# Sent with the answer to sign-out: nothing of the portal stays in this browser.
FORGET_EVERYTHING = '"cache", "storage"'


async def show_sign_in(visit: Visit) -> Response:
    """The sign-in document; whoever is signed in already goes where they wanted."""
    if visit.actor is not None:
        return RedirectResponse(destination(visit, visit.actor, visit.query("next")), 303)
    return document(
        "sign-in",
        visit.locale,
        next=visit.query("next"),
        signed_out=visit.query("signed-out"),
        password_set=visit.query("password-set"),
        session_over=visit.query("next") and not visit.query("password-set"),
    )


async def post_sign_in(visit: Visit) -> Response:
    """Check the password, and begin a session with a new cookie."""
    email = visit.field("email")
    await to_thread(limits.count_sign_in, email, visit.address)
    account = await look(account_with, email)
    proof = await in_hashing_pool(prove, account, visit.field("password"))
    new = await change(
        sign_in,
        proof,
        device=visit.device_name,
        earlier_token=visit.session_token,
        now=visit.now,
    )
    if new is None:
        return wrong_form(
            visit,
            "sign-in",
            InvalidValueError("sign-in-refused", "email"),
            email=email,
            next=visit.field("next"),
        )
    await to_thread(limits.forget_sign_ins, email)
    return await into_the_portal(visit, new.token, visit.field("next"))


async def into_the_portal(visit: Visit, token: str, wanted: str = "") -> Response:
    """Set the new session's cookie and go to the wanted page, or to where this person starts."""
    found = await signed_in(token, visit.now)
    if found is None:
        raise NotFoundError
    response = RedirectResponse(destination(visit, found.actor, wanted), 303)
    cookies.set_session(response, token)
    return response


def destination(visit: Visit, actor: Actor, wanted: str) -> str:
    """`wanted` if it is one of our own addresses for the signed-in, else this person's home.

    Only a path from the site map is ever followed, so that no link can lead elsewhere.
    """
    path, _, query = wanted.partition("?")
    if page_at(path) is not None or OWN_DOCUMENTS.fullmatch(path):
        return f"{path}?{query}" if query else path
    return visit.path(home_of(actor))


async def post_sign_out(visit: Visit) -> Response:
    """End the session, close its sockets, and let the browser forget the site."""
    await change(sessions.sign_out, visit.person, now=visit.now)
    if visit.person.session_id is not None:
        await close_sockets_of({visit.person.session_id})
    response = RedirectResponse(f"{visit.path('sign-in')}?signed-out=1", 303)
    cookies.clear_session(response)
    response.headers["Clear-Site-Data"] = FORGET_EVERYTHING
    return response


async def post_acting_for(visit: Visit) -> Response:
    """Act for another customer. Every open tab loads anew, for its state belongs to the old one."""
    customer = identifier(visit.field("customer"))
    await change(choose_customer, visit.person, customer, now=visit.now)
    return RedirectResponse(visit.path(home_of(visit.person)), 303)


async def show_confirm_identity(visit: Visit) -> Response:
    person = await look(profile, visit.person)
    return document("confirm-identity", visit.locale, email=person.email, next=visit.query("next"))


async def post_confirm_identity(visit: Visit) -> Response:
    """Prove again who one is; then back to what needed it."""
    await to_thread(limits.count_confirmation, visit.person.user)
    account = await look(own_account, visit.person)
    proof = await in_hashing_pool(prove, account, visit.field("password"))
    token = await change(confirm_identity, visit.person, proof, now=visit.now)
    if token is None:
        person = await look(profile, visit.person)
        return wrong_form(
            visit,
            "confirm-identity",
            InvalidValueError("password-wrong", "password"),
            email=person.email,
            next=visit.field("next"),
        )
    return await into_the_portal(visit, token, visit.field("next"))
