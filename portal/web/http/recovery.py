"""What is reached by a mailed link, or asked for by whoever cannot sign in.

A link's token waits in a cookie; the pages below look at it, and only their forms use it up.
"""

from asyncio import to_thread

from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from portal.accounts import limits, links
from portal.accounts.activation import AlreadyActivatedError, activate
from portal.accounts.email_change import (
    EmailTakenError,
    confirm_email_change,
    undo_email_change,
)
from portal.accounts.hashing_pool import in_hashing_pool
from portal.accounts.links import Link, LinkRefusedError
from portal.accounts.models import LinkPurpose
from portal.accounts.passwords import ChosenPassword, choose
from portal.accounts.recovery import ask_reset, reset_password
from portal.accounts.sign_in import NewSession, begin
from portal.customers.acting import known_about
from portal.errors import InvalidValueError
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.route import Endpoint
from portal.web.http.sign_in import into_the_portal
from portal.web.http.visit import Visit
from portal.web.services import change, look
from portal.web.sockets import close_sockets_of

LINK_PAGES: dict[LinkPurpose, str] = {
    LinkPurpose.ACTIVATE: "activate",
    LinkPurpose.RESET_PASSWORD: "reset-password/new",
    LinkPurpose.CONFIRM_EMAIL: "confirm-email",
    LinkPurpose.UNDO_EMAIL: "undo-email",
}


def link_page(purpose: LinkPurpose) -> Endpoint:
    """The page of a mailed link. Looking at it changes nothing."""

    async def show(visit: Visit) -> Response:
        try:
            link = await _opened(visit, purpose)
        except LinkRefusedError:
            return _ended(visit)
        email = link.details.get("email", link.email)
        return document(LINK_PAGES[purpose], visit.locale, email=email)

    return show


async def post_activate(visit: Visit) -> Response:
    """Set the first password, and sign in: the link came to the person's own address."""
    chosen = await _chosen_password(visit, LinkPurpose.ACTIVATE)
    if isinstance(chosen, Response):
        return chosen

    try:
        new = await change(_activate_and_begin, chosen, visit)
    except (LinkRefusedError, AlreadyActivatedError):
        return _ended(visit)
    response = await into_the_portal(visit, new.token)
    cookies.clear_link(response)
    return response


def _activate_and_begin(db: Session, chosen: ChosenPassword, visit: Visit) -> NewSession:
    user = activate(db, _token(visit, LinkPurpose.ACTIVATE), chosen, now=visit.now)
    return begin(
        db, user, device=visit.device_name, earlier_token=visit.session_token, now=visit.now
    )


async def show_ask_reset(visit: Visit) -> Response:
    return document("reset-password", visit.locale)


async def post_ask_reset(visit: Visit) -> Response:
    """Mail a link if there is such an account; the answer is the same if there is none."""
    await to_thread(limits.count_mail_asked, visit.address)
    try:
        await change(ask_reset, visit.field("email"), locale=visit.locale, now=visit.now)
    except InvalidValueError as error:
        return wrong_form(visit, "reset-password", error, email=visit.field("email"))
    return RedirectResponse(visit.path("check-your-mail"), 303)


async def show_check_mail(visit: Visit) -> Response:
    return document("check-your-mail", visit.locale)


async def post_reset(visit: Visit) -> Response:
    """Set the new password. Every session ends; the person signs in anew."""
    chosen = await _chosen_password(visit, LinkPurpose.RESET_PASSWORD)
    if isinstance(chosen, Response):
        return chosen
    try:
        done = await change(
            reset_password,
            _token(visit, LinkPurpose.RESET_PASSWORD),
            chosen,
            device=visit.device_name,
            now=visit.now,
        )
    except LinkRefusedError:
        return _ended(visit)
    await close_sockets_of(set(done.ended))
    response = RedirectResponse(f"{visit.path('sign-in')}?password-set=1", 303)
    cookies.clear_link(response)
    cookies.clear_session(response)
    return response


async def post_confirm_email(visit: Visit) -> Response:
    try:
        user = await change(
            confirm_email_change, _token(visit, LinkPurpose.CONFIRM_EMAIL), now=visit.now
        )
    except (LinkRefusedError, EmailTakenError):
        return _ended(visit)
    response = document("confirm-email/done", visit.locale, email=user.email)
    cookies.clear_link(response)
    return response


async def post_undo_email(visit: Visit) -> Response:
    try:
        undone = await change(
            undo_email_change, _token(visit, LinkPurpose.UNDO_EMAIL), now=visit.now
        )
    except (LinkRefusedError, EmailTakenError):
        return _ended(visit)
    await close_sockets_of(set(undone.ended))
    response = document("undo-email/done", visit.locale)
    cookies.clear_link(response)
    return response


async def _opened(visit: Visit, purpose: LinkPurpose) -> Link:
    return await look(links.open_link, _token(visit, purpose), purpose, now=visit.now)


def _token(visit: Visit, purpose: LinkPurpose) -> str:
    return cookies.link_token(visit.request, purpose.value)


def _ended(visit: Visit) -> Response:
    """The link is used up, too old, or was never one: nothing tells these apart."""
    response = document("link-ended", visit.locale, status=410)
    cookies.clear_link(response)
    return response


async def _chosen_password(visit: Visit, purpose: LinkPurpose) -> ChosenPassword | Response:
    """The new password, judged and hashed; or the answer that says why there is none."""
    await to_thread(limits.count_password_chosen, visit.address)
    try:
        link = await _opened(visit, purpose)
    except LinkRefusedError:
        return _ended(visit)
    about = await look(known_about, link.user_id)
    try:
        return await in_hashing_pool(choose, visit.field("new_password"), about=about)
    except InvalidValueError as error:
        return wrong_form(visit, LINK_PAGES[purpose], error, email=link.email)
