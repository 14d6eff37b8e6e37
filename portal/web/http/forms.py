"""A native form that cannot be accepted: the same document again, with what is wrong."""

from starlette.responses import Response

from portal.errors import PortalError
from portal.web.documents import document
from portal.web.form_state import wrong_fields
from portal.web.http.visit import Visit
from portal.web.locale import using


def wrong_form(visit: Visit, path: str, error: PortalError, **typed: object) -> Response:
    """The document with a summary, a message beside each wrong field, and what was typed.

    Passwords are never among `typed`: they do not travel back.
    """
    with using(visit.locale):
        wrong = wrong_fields(error)
    beside = {f"{each['field']}_message": each["text"] for each in wrong if each["field"]}
    marked = {f"{each['field']}_wrong": "true" for each in wrong if each["field"]}
    return document(
        path, visit.locale, status=error.status, errors=wrong, **beside, **marked, **typed
    )
