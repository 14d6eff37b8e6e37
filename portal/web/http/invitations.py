"""Answering an invitation to be an alarm contact or a member: native forms, with or without an
account. Looking changes nothing.
"""

from asyncio import to_thread
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from portal.accounts import limits
from portal.accounts.hashing_pool import in_hashing_pool
from portal.accounts.passwords import ChosenPassword, choose
from portal.accounts.profile import profile
from portal.accounts.proof import Proof, account_with, prove
from portal.accounts.sign_in import NewSession, begin, sign_in
from portal.contacts.answering import (
    Offered,
    OfferedSite,
    accept,
    decline,
    not_me,
    offered,
    take_back,
)
from portal.contacts.removing import LastContactError
from portal.customers.joining import (
    OfferedMembership,
    accept_membership,
    decline_membership,
    offered_membership,
    reconsider_membership,
)
from portal.errors import InvalidValueError, PortalError
from portal.invitations import offers
from portal.invitations.acceptance import (
    Invitee,
    StaffAccountError,
    WayIn,
    WrongAccountError,
    open_account,
    require_invited,
)
from portal.invitations.models import InvitationKind
from portal.invitations.offers import InvitationRefusedError
from portal.web.contact_words import role_word
from portal.web.documents import document
from portal.web.form_state import wrong_fields
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.sign_in import into_the_portal
from portal.web.http.visit import Visit
from portal.web.locale import _, format_day, format_time, using
from portal.web.services import change, look
from portal.web.team_words import member_role

AnyOffer = Offered | OfferedMembership
_PREFIX = "site-"


async def show_invitation(visit: Visit) -> Response:
    """The offer, or what was answered. Mail scanners open this: nothing changes."""
    try:
        found = await look(_offer_behind, visit)
    except InvitationRefusedError:
        return _ended(visit)
    except StaffAccountError:
        return document("invitation/for-staff", visit.locale, status=409)
    return _declined(visit, found) if found.declined else _offer(visit, found)


async def post_accept(visit: Visit) -> Response:
    """Yes: at once for whoever is signed in with the invited address, else by way of an account."""
    try:
        found = await look(_offer_behind, visit)
        if found.way_in is WayIn.NONE:
            await change(_accept_without_account, visit)
            return _with_cleared_link(document("invitation/accepted", visit.locale))
        if visit.actor is not None:
            await change(_accept_signed_in, visit)
            return _with_cleared_link(RedirectResponse(visit.path(_home(found)), 303))
        if isinstance(found, Offered):
            _refuse_without_site(visit, found)
    except PortalError as error:
        return await _refused(visit, error)
    return _account_step(visit, found)


async def post_decline(visit: Visit) -> Response:
    """No, without an account. A second press shows the same page."""
    try:
        await change(_say_no, visit)
    except InvitationRefusedError:
        return await show_invitation(visit)
    except LastContactError:
        return _offer(visit, await look(_offer_behind, visit), asks_decline=True)
    return await show_invitation(visit)


async def post_take_back(visit: Visit) -> Response:
    try:
        await change(_take_back, visit)
    except InvitationRefusedError:
        return await show_invitation(visit)
    return RedirectResponse(visit.path("invitation"), 303)


async def post_not_me(visit: Visit) -> Response:
    try:
        await change(not_me, _token(visit), now=visit.now)
    except InvitationRefusedError:
        return _ended(visit)
    return _with_cleared_link(document("invitation/not-me", visit.locale))


async def post_password(visit: Visit) -> Response:
    """A new account for the invited address, and yes."""
    await to_thread(limits.count_password_chosen, visit.address)
    try:
        found = await look(_offer_behind, visit)
    except PortalError as error:
        return await _refused(visit, error)
    try:
        chosen = await in_hashing_pool(
            choose, visit.field("new_password"), about=[found.name, found.email, _customer(found)]
        )
        new = await change(_open_and_accept, visit, chosen)
    except InvalidValueError as error:
        if error.field == "sites":
            return await _refused(visit, error)
        return _account_step(visit, found, error)
    except PortalError as error:
        return await _refused(visit, error)
    return _with_cleared_link(await into_the_portal(visit, new.token, visit.path(_home(found))))


async def post_sign_in(visit: Visit) -> Response:
    """The password of the account that the invited address has, and yes."""
    try:
        found = await look(_offer_behind, visit)
    except PortalError as error:
        return await _refused(visit, error)
    await to_thread(limits.count_sign_in, found.email, visit.address)
    account = await look(account_with, found.email)
    proof = await in_hashing_pool(prove, account, visit.field("password"))
    try:
        new = await change(_sign_in_and_accept, visit, proof)
    except PortalError as error:
        return await _refused(visit, error)
    if new is None:
        return _account_step(visit, found, InvalidValueError("password-wrong", "password"))
    await to_thread(limits.forget_sign_ins, found.email)
    return _with_cleared_link(await into_the_portal(visit, new.token, visit.path(_home(found))))


@dataclass(frozen=True)
class _Answers:
    yes: frozenset[UUID]
    sure: bool


def _answers(visit: Visit) -> _Answers:
    """The places for which the form says yes."""
    yes = set()
    for name in visit.fields:
        if name.startswith(_PREFIX):
            try:
                yes.add(UUID(name.removeprefix(_PREFIX)))
            except ValueError:
                continue
    return _Answers(frozenset(yes), visit.field("sure") == "yes")


def _offer_behind(db: Session, visit: Visit) -> AnyOffer:
    """What the mailed link offers: to be an alarm contact, or a member."""
    if _is_contact(db, visit):
        return offered(db, _token(visit), now=visit.now)
    return offered_membership(db, _token(visit), now=visit.now)


def _is_contact(db: Session, visit: Visit) -> bool:
    invitation = offers.open_invitation(db, _token(visit), now=visit.now)
    return invitation.kind == InvitationKind.CONTACT


def _home(found: AnyOffer) -> str:
    return "my-alarms" if isinstance(found, Offered) else "overview"


def _customer(found: AnyOffer) -> str:
    return found.customer if isinstance(found, Offered) else found.customer_name


def _say_no(db: Session, visit: Visit) -> None:
    if _is_contact(db, visit):
        decline(db, _token(visit), sure=visit.field("sure") == "yes", now=visit.now)
    else:
        decline_membership(db, _token(visit), now=visit.now)


def _take_back(db: Session, visit: Visit) -> None:
    act = take_back if _is_contact(db, visit) else reconsider_membership
    act(db, _token(visit), now=visit.now)


def _say_yes(db: Session, visit: Visit, user: Invitee | None) -> None:
    if user is not None and not _is_contact(db, visit):
        accept_membership(db, _token(visit), user=user, now=visit.now)
        return
    answers = _answers(visit)
    accept(db, _token(visit), yes=answers.yes, user=user, sure=answers.sure, now=visit.now)


def _accept_without_account(db: Session, visit: Visit) -> None:
    _say_yes(db, visit, None)


def _accept_signed_in(db: Session, visit: Visit) -> None:
    invitation = offers.open_invitation(db, _token(visit), now=visit.now)
    _say_yes(db, visit, require_invited(db, invitation, visit.person))


def _open_and_accept(db: Session, visit: Visit, chosen: ChosenPassword) -> NewSession:
    invitation = offers.open_invitation(db, _token(visit), now=visit.now)
    user = open_account(db, invitation, chosen, now=visit.now)
    _say_yes(db, visit, user)
    return begin(
        db, user, device=visit.device_name, earlier_token=visit.session_token, now=visit.now
    )


def _sign_in_and_accept(db: Session, visit: Visit, proof: Proof) -> NewSession | None:
    new = sign_in(
        db, proof, device=visit.device_name, earlier_token=visit.session_token, now=visit.now
    )
    if new is None:
        return None
    invitation = offers.open_invitation(db, _token(visit), now=visit.now)
    if new.user.email != invitation.email.lower():
        raise WrongAccountError
    _say_yes(db, visit, new.user)
    return new


def _refuse_without_site(visit: Visit, found: Offered) -> None:
    """Ask again at once, rather than after the password, if no site was chosen."""
    if not _answers(visit).yes & {site.entry_id for site in found.sites}:
        raise InvalidValueError("site-required", "sites")


async def _refused(visit: Visit, error: PortalError) -> Response:
    """The page that says why nothing was accepted, with the way forward."""
    if isinstance(error, StaffAccountError):
        return document("invitation/for-staff", visit.locale, status=409)
    if isinstance(error, WrongAccountError):
        return await _other_account(visit)
    if isinstance(error, InvitationRefusedError):
        return _ended(visit)
    if isinstance(error, LastContactError | InvalidValueError):
        found = await look(_offer_behind, visit)
        return _offer(visit, found, error)
    raise error


async def _other_account(visit: Visit) -> Response:
    found = await look(_offer_behind, visit)
    mine = (await look(profile, visit.person)).email if visit.actor else ""
    return document(
        "invitation/other-account", visit.locale, status=409, mine=mine, email=found.email
    )


def _offer(
    visit: Visit,
    found: AnyOffer,
    error: PortalError | None = None,
    *,
    asks_decline: bool = False,
) -> Response:
    if isinstance(found, OfferedMembership):
        return _membership_offer(visit, found)
    with using(visit.locale):
        sites = [_site(site) for site in found.sites]
        errors = wrong_fields(error) if error else []
    if errors and sites:
        errors[0]["field"] = str(sites[0]["field"])
    return document(
        "invitation",
        visit.locale,
        status=error.status if error else 409 if asks_decline else 200,
        name=found.name,
        asks=f"{found.inviter}, {found.customer}" if found.inviter else found.customer,
        sites=sites,
        several=len(sites) > 1,
        asks_sure=isinstance(error, LastContactError),
        asks_decline=asks_decline,
        errors=errors,
    )


def _membership_offer(visit: Visit, found: OfferedMembership) -> Response:
    with using(visit.locale):
        role = member_role(found.role)
    return document(
        "invitation/team",
        visit.locale,
        name=found.name,
        asks=found.inviter_name or found.customer_name,
        customer=found.customer_name,
        role=role,
    )


def _site(site: OfferedSite) -> dict[str, object]:
    return {
        "field": f"{_PREFIX}{site.entry_id}",
        "name": site.name,
        "address": site.address,
        "role": role_word(site.role),
        "key": _("You have a key") if site.key_holder else _("No key"),
        "dates": _dates(site),
    }


def _dates(site: OfferedSite) -> str:
    if site.valid_from and site.valid_until:
        return _("From {first} until {last}").format(
            first=format_day(site.valid_from), last=format_day(site.valid_until)
        )
    if site.valid_from:
        return _("From {day}").format(day=format_day(site.valid_from))
    if site.valid_until:
        return _("Until {day}").format(day=format_day(site.valid_until))
    return _("Until you or the customer end it")


def _account_step(visit: Visit, found: AnyOffer, error: PortalError | None = None) -> Response:
    fields: dict[str, Any] = {
        "email": found.email,
        "is_new": found.way_in is WayIn.NEW,
        "is_contact": isinstance(found, Offered),
    }
    chosen = [{"name": name} for name in visit.fields if name.startswith(_PREFIX)]
    if visit.field("sure") == "yes":
        chosen.append({"name": "sure"})
    if error is not None:
        return wrong_form(visit, "invitation/account", error, chosen=chosen, **fields)
    return document("invitation/account", visit.locale, chosen=chosen, **fields)


def _declined(visit: Visit, found: AnyOffer) -> Response:
    with using(visit.locale):
        day = format_time(found.expires_at)
    return document("invitation/declined", visit.locale, customer=_customer(found), day=day)


def _ended(visit: Visit) -> Response:
    return _with_cleared_link(document("link-ended", visit.locale, status=410))


def _with_cleared_link(response: Response) -> Response:
    cookies.clear_link(response)
    return response


def _token(visit: Visit) -> str:
    return cookies.link_token(visit.request, offers.PURPOSE)
