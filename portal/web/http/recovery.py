"""What is reached by a mailed link, or asked for by whoever cannot sign in."""

from starlette.responses import RedirectResponse, Response

from portal.accounts import activation, email_change, limits, links, recovery
from portal.accounts.hashing_pool import in_hashing_pool
from portal.accounts.links import Link, LinkRefusedError
from portal.accounts.models import LinkPurpose
from portal.accounts.passwords import choose
from portal.customers.acting import known_about
from portal.errors import InvalidValueError
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.sign_in import into_the_portal
from portal.web.http.visit import Visit
from portal.web.services import change, look


async def _opened(visit: Visit, purpose: LinkPurpose) -> Link:
    token = cookies.link_token(visit.request, purpose.value)
    return await look(links.open_link, token, purpose, now=visit.now)


def _ended(visit: Visit) -> Response:
    return document("link-ended", visit.locale, status=410)


async def show_activate(visit: Visit) -> Response:
    try:
        link = await _opened(visit, LinkPurpose.ACTIVATE)
    except LinkRefusedError:
        return _ended(visit)
    return document("activate", visit.locale, email=link.email)
