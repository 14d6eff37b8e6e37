"""Links in mails. Opening one changes nothing: it only leads to a page with a button."""

from starlette.responses import RedirectResponse, Response

from portal.accounts.models import LinkPurpose
from portal.errors import NotFoundError
from portal.invitations import offers
from portal.marketing import surveys
from portal.privacy import certificate, public_requests
from portal.web.http import cookies
from portal.web.http.recovery import LINK_PAGES
from portal.web.http.visit import Visit

PAGES: dict[str, str] = {
    **{purpose.value: page for purpose, page in LINK_PAGES.items()},
    offers.PURPOSE: "invitation",
    surveys.PURPOSE: "survey",
    LinkPurpose.KEEP_ACCOUNT.value: "keep-account",
    certificate.PURPOSE: "deletion-certificate",
    public_requests.PURPOSE: "privacy/request/confirm",
}


async def go(visit: Visit) -> Response:
    """Move the token out of the address into a short-lived cookie, and show the link's page."""
    purpose = visit.request.path_params["purpose"]
    page = PAGES.get(purpose)
    if page is None:
        raise NotFoundError
    response = RedirectResponse(visit.path(page), 303)
    cookies.set_link(response, purpose, visit.request.path_params["token"])
    return response
