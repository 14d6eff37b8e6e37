"""Changing one's own password and e-mail address: native forms, never over the socket."""

from asyncio import to_thread
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from portal.accounts import limits
from portal.accounts.email_change import ask_email_change
from portal.accounts.hashing_pool import in_hashing_pool
from portal.accounts.password_change import change_password
from portal.accounts.passwords import choose
from portal.accounts.profile import profile
from portal.accounts.proof import own_account, prove
from portal.accounts.sign_in import tell_wrong_password
from portal.customers.acting import known_about
from portal.errors import InvalidValueError, RecentSignInRequiredError
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.visit import Visit
from portal.web.services import change, look
from portal.web.sockets import close_sockets_of


async def show_password(visit: Visit) -> Response:
    person = await look(profile, visit.person)
    return document("account/password", visit.locale, email=person.email)


async def post_password(visit: Visit) -> Response:
    """Replace the password; the other devices are signed out."""
    await to_thread(limits.count_confirmation, visit.person.user)
    person = await look(profile, visit.person)
    about = await look(known_about, visit.person.user)
    account = await look(own_account, visit.person)
    proof = await in_hashing_pool(prove, account, visit.field("current_password"))
    try:
        if not proof.right:
            await change(tell_wrong_password, visit.person, now=visit.now)
            raise InvalidValueError("password-wrong", "current_password")
        chosen = await in_hashing_pool(choose, visit.field("new_password"), about=about)
        done = await change(
            change_password,
            visit.person,
            proof,
            chosen,
            device=visit.device_name,
            now=visit.now,
        )
        if done is None:
            raise InvalidValueError("password-wrong", "current_password")
    except InvalidValueError as error:
        return wrong_form(visit, "account/password", error, email=person.email)
    await close_sockets_of(set(done.ended))
    response = RedirectResponse(visit.path("account"), 303)
    cookies.set_session(response, done.token)
    return response


async def show_email(visit: Visit) -> Response:
    try:
        visit.person.require_recent_sign_in(visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit)
    person = await look(profile, visit.person)
    return document("account/email", visit.locale, current_email=person.email)


async def post_email(visit: Visit) -> Response:
    """Write to the new address and to the old one; nothing changes yet."""
    try:
        await change(ask_email_change, visit.person, visit.field("email"), now=visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit)
    except InvalidValueError as error:
        person = await look(profile, visit.person)
        return wrong_form(
            visit,
            "account/email",
            error,
            current_email=person.email,
            email=visit.field("email"),
        )
    return RedirectResponse(visit.path("account/email/sent"), 303)


async def show_email_sent(visit: Visit) -> Response:
    return document("account/email/sent", visit.locale)


def _confirm_first(visit: Visit) -> Response:
    back = quote(visit.path("account/email"), safe="/")
    return RedirectResponse(f"{visit.path('confirm-identity')}?next={back}", 303)
