"""The portal's cookies: the session, the mailed link that is being used, the language."""

from starlette.requests import Request
from starlette.responses import Response

from portal.settings import get_settings

LINK_SECONDS = 30 * 60
LOCALE_SECONDS = 365 * 24 * 3600


def _name(name: str) -> str:
    # `__Host-` binds a cookie to exactly this host and path, and needs https.
    return f"__Host-{name}" if get_settings().secure else name


def session_cookie_name() -> str:
    return _name("session")


def session_token(request: Request) -> str:
    return request.cookies.get(session_cookie_name(), "")


def set_session(response: Response, token: str) -> None:
    """The session's cookie lives as long as the browser; the server decides when it ends."""
    _set(response, session_cookie_name(), token)


def clear_session(response: Response) -> None:
    _clear(response, session_cookie_name())


def link_token(request: Request, purpose: str) -> str:
    """The token of a mailed link for this purpose that this browser opened; else empty."""
    opened, _, token = request.cookies.get(_name("link"), "").partition(":")
    return token if opened == purpose else ""


def set_link(response: Response, purpose: str, token: str) -> None:
    """Keep a mailed link's token out of addresses while its page is open."""
    _set(response, _name("link"), f"{purpose}:{token}", seconds=LINK_SECONDS)


def clear_link(response: Response) -> None:
    _clear(response, _name("link"))


def locale(request: Request) -> str:
    """The language in which this browser last saw a page; else empty."""
    return request.cookies.get(_name("locale"), "")


def set_locale(response: Response, chosen: str) -> None:
    _set(response, _name("locale"), chosen, seconds=LOCALE_SECONDS)


def _set(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=get_settings().secure,
        httponly=True,
        samesite="lax",
    )


def _clear(response: Response, name: str) -> None:
    # By age alone: a date would tell two answers apart that must be the same.
    _set(response, name, "", seconds=0)
