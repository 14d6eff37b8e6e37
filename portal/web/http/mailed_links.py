"""Links in mails. Opening one changes nothing: it only leads to a page with a button."""

from starlette.responses import RedirectResponse, Response

from portal.accounts.models import LinkPurpose
from portal.errors import NotFoundError
from portal.web.http import cookies
from portal.web.http.recovery import LINK_PAGES
from portal.web.http.visit import Visit


async def go(visit: Visit) -> Response:
    """Move the token out of the address into a short-lived cookie, and show the link's page."""
    purpose = visit.request.path_params["purpose"]
    if purpose not in set(LinkPurpose):
        raise NotFoundError
    response = RedirectResponse(visit.path(LINK_PAGES[LinkPurpose(purpose)]), 303)
    cookies.set_link(response, purpose, visit.request.path_params["token"])
    return response
