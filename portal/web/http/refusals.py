"""Answers to those who may not, cannot, or came to the wrong address."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.errors import NotAllowedError, NotFoundError, PortalError, TooManyAttemptsError
from portal.web.documents import document


class ForeignOriginError(PortalError):
    """The form does not come from the portal's own pages."""

    code = "foreign-origin"
    status = 403


def to_sign_in(request: Request, locale: str) -> Response:
    """Nobody is signed in: to sign-in, and afterwards back to the page that was asked for."""
    target = f"/{locale}/sign-in"
    if request.method in {"GET", "HEAD"}:
        query = f"?{request.url.query}" if request.url.query else ""
        target += f"?next={quote(request.url.path + query, safe='/')}"
    return RedirectResponse(target, 303)


def not_found(locale: str) -> Response:
    return document("not-found", locale, status=404)


def refusal(locale: str, error: PortalError) -> Response:
    """The document for an error that no form can show."""
    if isinstance(error, NotFoundError | NotAllowedError):
        return not_found(locale)
    if isinstance(error, TooManyAttemptsError):
        return too_many(locale, error)
    path = "busy" if error.status == 503 else "refused"
    return document(path, locale, status=error.status)


def too_many(locale: str, error: PortalError) -> Response:
    seconds = int(str(error.details.get("retry_after", 60)))
    response = document("too-many", locale, status=429, minutes=max(1, -(-seconds // 60)))
    response.headers["Retry-After"] = str(seconds)
    return response


def failure(locale: str) -> Response:
    """Something went wrong on our side."""
    return document("failure", locale, status=500)
