"""The addresses without a page of their own: `/` and `/en`."""

from starlette.responses import RedirectResponse, Response

from portal.web.http.visit import Visit
from portal.web.site_map import home_of


async def start(visit: Visit) -> Response:
    """To where this person starts, in their language."""
    page = home_of(visit.actor) if visit.actor is not None else "sign-in"
    response = RedirectResponse(visit.path(page), 303)
    response.headers["Vary"] = "Cookie, Accept-Language"
    return response
