"""Deleting one's data, taking it back by the mailed link, and the certificate."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from portal.accounts.links import LinkRefusedError
from portal.accounts.models import LinkPurpose
from portal.customers.acting import customers_of
from portal.errors import InvalidValueError, NotFoundError, RecentSignInRequiredError
from portal.privacy import certificate as certificates
from portal.privacy.certificate import (
    Certificate,
    CertificateGoneError,
    erased_in_words,
    kept_in_words,
)
from portal.privacy.deletions import (
    DeletionWaitingError,
    Preview,
    RunningAlarm,
    ask_deletion,
    keep_by_link,
    opened_keep_link,
    preview,
    scopes_for,
)
from portal.privacy.erasing import carry_out, erase_outside
from portal.privacy.models import Scope
from portal.settings import get_settings
from portal.web.deletion_words import deletion_words, scope_words
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.sign_in import FORGET_EVERYTHING
from portal.web.http.visit import Visit
from portal.web.locale import _, format_day, format_day_of, format_time, ngettext, using
from portal.web.pages.deletion import CERTIFICATE, CHOICE, DELETED, KEEP, PREVIEW
from portal.web.services import change, look
from portal.web.sockets import close_sockets_of


async def show_choice(visit: Visit) -> Response:
    """How much shall be deleted."""
    offered = scopes_for(visit.person)
    choices = await look(customers_of, visit.person)
    return document(
        CHOICE,
        visit.locale,
        customer=next((each.name for each in choices if each.current), ""),
        membership=Scope.MEMBERSHIP in offered,
        owner=Scope.CUSTOMER in offered,
    )


async def show_preview(visit: Visit) -> Response:
    """What a deletion would mean, to whoever has just proved who they are."""
    scope = _scope(visit, visit.request.path_params["scope"])
    try:
        visit.person.require_recent_sign_in(visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit, scope)
    found = await look(preview, visit.person, scope, now=visit.now)
    return document(PREVIEW, visit.locale, **_shown(visit, found))


async def post_delete(visit: Visit) -> Response:
    """Ask for the deletion; an alarm contact who wants to go now is gone with the answer."""
    scope = _scope(visit, visit.field("scope"))
    at_once = visit.field("when") == "now"
    try:
        deletion = await change(
            ask_deletion,
            visit.person,
            scope,
            confirmation=visit.field("confirmation"),
            at_once=at_once,
            locale=visit.locale,
            now=visit.now,
        )
    except RecentSignInRequiredError:
        return _confirm_first(visit, scope)
    except (InvalidValueError, DeletionWaitingError) as error:
        found = await look(preview, visit.person, scope, now=visit.now)
        typed = visit.field("confirmation")
        shown = _shown(visit, found) | {"now": at_once}
        return wrong_form(visit, PREVIEW, error, confirmation=typed, **shown)
    if not at_once:
        return RedirectResponse(visit.path("data"), 303)
    return await _erase_now(visit, deletion.id)


async def show_keep(visit: Visit) -> Response:
    """The page of the mailed link. Looking at it changes nothing."""
    token = cookies.link_token(visit.request, LinkPurpose.KEEP_ACCOUNT.value)
    try:
        waiting = await look(opened_keep_link, token, now=visit.now)
    except (LinkRefusedError, NotFoundError):
        return _link_ended(visit)
    with using(visit.locale):
        words = deletion_words(waiting)
    return document(KEEP, visit.locale, words=words)


async def post_keep(visit: Visit) -> Response:
    token = cookies.link_token(visit.request, LinkPurpose.KEEP_ACCOUNT.value)
    try:
        await change(keep_by_link, token, now=visit.now)
    except (LinkRefusedError, NotFoundError):
        return _link_ended(visit)
    response = RedirectResponse(visit.path(f"{KEEP}/done"), 303)
    cookies.clear_link(response)
    return response


async def show_kept(visit: Visit) -> Response:
    return document(f"{KEEP}/done", visit.locale)


async def show_deleted(visit: Visit) -> Response:
    return document(DELETED, visit.locale)


async def show_certificate(visit: Visit) -> Response:
    """The certificate behind the mailed link, as things stand now."""
    token = cookies.link_token(visit.request, certificates.PURPOSE)
    try:
        values = await look(_certificate, token, visit)
    except CertificateGoneError as error:
        return document(f"{CERTIFICATE}/gone", visit.locale, status=error.status)
    return document(CERTIFICATE, visit.locale, **values)


def _certificate(db: Session, token: str, visit: Visit) -> dict[str, Any]:
    with using(visit.locale):
        found: Certificate = certificates.certificate(db, token, now=visit.now)
        others = [{"who": each, "what": _("has confirmed")} for each in found.confirmed]
        others += [{"who": each, "what": _("has not confirmed yet")} for each in found.waits_for]
        return {
            "scope": scope_words(found.scope),
            "asked": format_time(found.asked_at),
            "erased_at": format_time(found.erased_at),
            "erased": found.erased,
            "kept": found.kept,
            "others": others,
        }


async def _erase_now(visit: Visit, deletion: UUID) -> Response:
    await look(erase_outside, deletion)
    await change(carry_out, deletion, now=visit.now)
    if visit.person.session_id is not None:
        await close_sockets_of({visit.person.session_id})
    response = RedirectResponse(visit.path(DELETED), 303)
    cookies.clear_session(response)
    response.headers["Clear-Site-Data"] = FORGET_EVERYTHING
    return response


def _scope(visit: Visit, name: str) -> Scope:
    """What the visitor may delete; another's is not found."""
    for scope in scopes_for(visit.person):
        if scope.value == name:
            return scope
    raise NotFoundError


def _shown(visit: Visit, found: Preview) -> dict[str, Any]:
    with using(visit.locale):
        return {
            "scope": found.scope.value,
            "heading": _HEADINGS[found.scope]().format(customer=found.customer),
            "phrase": found.phrase,
            "due": format_day_of(found.due_at),
            "erased": erased_in_words(found.inventory),
            "kept": kept_in_words(found.inventory),
            "alarms": [_alarm(each) for each in found.alarms],
            "told": [{"words": each} for each in _told(found)],
            "last_at": ", ".join(found.last_at),
            "at_once": found.may_go_at_once,
        }


_HEADINGS = {
    Scope.MEMBERSHIP: lambda: _("Leave {customer}"),
    Scope.ACCOUNT: lambda: _("Delete my whole account"),
    Scope.CUSTOMER: lambda: _("Close the account of {customer}"),
}


def _alarm(alarm: RunningAlarm) -> dict[str, Any]:
    sites = ngettext(
        "{count} site is monitored.", "{count} sites are monitored.", alarm.sites
    ).format(count=alarm.sites)
    until = (
        _("Company details, sites and call lists stay until the contract ends on {day}.").format(
            day=format_day(alarm.contract_end)
        )
        if alarm.contract_end
        else _(
            "Company details, sites and call lists stay until the contract ends; it has no end "
            "date."
        )
    )
    return {
        "customer": alarm.customer,
        "words": f"{sites} {until}",
        "without_owner": alarm.without_owner,
    }


def _told(found: Preview) -> list[str]:
    company = get_settings().company_name
    said = [
        _("{customer}: that you are no alarm contact any more").format(customer=each)
        for each in found.contact_of
    ]
    if found.scope is Scope.CUSTOMER:
        said.append(_("Everybody who acts for {customer}").format(customer=found.customer))
    said += [
        _("{company}: that {customer} has no owner").format(company=company, customer=each.customer)
        if each.without_owner
        else _("The owners of {customer}").format(customer=each.customer)
        for each in found.alarms
        if found.scope is not Scope.CUSTOMER
    ]
    if found.contact_of:
        said.append(_("The monitoring station, so that nobody calls you"))
    if found.alarms:
        said.append(_("Our own office, so that it erases the same"))
    said.append(_("You, by mail, with a certificate"))
    return said


def _confirm_first(visit: Visit, scope: Scope) -> Response:
    wanted = quote(visit.path(f"{CHOICE}/{scope.value}"), safe="/")
    return RedirectResponse(f"{visit.path('confirm-identity')}?next={wanted}", 303)


def _link_ended(visit: Visit) -> Response:
    response = document(f"{KEEP}/ended", visit.locale, status=410)
    cookies.clear_link(response)
    return response
