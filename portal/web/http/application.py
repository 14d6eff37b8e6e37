"""The whole portal as one ASGI application; default deny.

What answers: files that the build made, pages and documents at their canonical address, and
declared routes. The only thing of Reflex that is reachable is its event socket.
"""

import gzip
from datetime import UTC, datetime

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.errors import NotFoundError, PortalError
from portal.settings import get_settings
from portal.web.access import Access
from portal.web.build_output import StaticFile, page_files, page_policies, static_files
from portal.web.current_actor import signed_in
from portal.web.http import cookies, refusals
from portal.web.http.api_access import API, FailedError, WrongMethodError, problem
from portal.web.http.headers import standing_headers
from portal.web.http.route import Route, Router
from portal.web.http.visit import Visit, choose_locale, read_body, read_form
from portal.web.site_map import page_at

log = structlog.get_logger(__name__)
EVENT_SOCKET = "/_event"
HEALTH = "/health/"


class PortalApplication:
    """Answers HTTP itself and passes the event socket and the life span on to Reflex."""

    def __init__(self, reflex_app: ASGIApp, routes: tuple[Route, ...]) -> None:
        self._reflex = reflex_app
        self._router = Router(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer_http(scope, receive, send)
        elif scope["type"] == "lifespan" or _is_event_socket(scope):
            await self._reflex(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except PortalError as error:
            response = _refusal(request, error)
        except ClientDisconnect:  # the visitor left while sending: nobody waits for an answer
            return
        except Exception:
            log.exception("request failed", method=request.method, route=_safe_path(request))
            response = _failure(request)
        _compress(request, response)
        await response(scope, receive, _finishing(send, head=request.method == "HEAD"))

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if not _is_addressed_to_us(request) and not path.startswith(HEALTH):
            return Response("This is not the portal's address.\n", 421, media_type="text/plain")
        method = "GET" if request.method == "HEAD" else request.method
        if not _is_spelled_plainly(request):
            raise NotFoundError
        if method == "GET" and (file := static_files().get(path)):
            return _file(request, file)
        route, values = self._router.find(method, path)
        wanted = route or (page_at(path) if method == "GET" else None)
        if wanted is None:
            return _elsewhere(request, self._router)
        request.scope["path_params"] = values
        if method != "GET" and route is not None and route.checks_origin:
            refuse_foreign_origin(request)
        visit = await _visit(request)
        if wanted.access is not Access.EVERYONE and visit.actor is None:
            return refusals.to_sign_in(request, visit.locale)
        if not wanted.access.allows(visit.actor):
            log.warning("access refused", route=_safe_path(request), declared=wanted.access.value)
            return refusals.not_found(visit.locale)
        if route:
            return await route.endpoint(visit)
        return _page(visit, path)


def refuse_foreign_origin(request: Request) -> None:
    """A form must come from our own pages (OWASP: verifying origin with standard headers).

    A request without `Origin` is accepted only if it carries no cookie, so that there is nothing
    that another site could ride on.

    Raises:
        ForeignOriginError: it comes from elsewhere, or hides where it comes from.
    """
    origin = request.headers.get("origin")
    if origin == get_settings().origin or (origin is None and not request.cookies):
        return
    raise refusals.ForeignOriginError


async def _visit(request: Request) -> Visit:
    now = datetime.now(UTC)
    token = cookies.session_token(request)
    found = await signed_in(token, now)
    body = await read_body(request) if request.method == "POST" else b""
    is_json = request.headers.get("content-type", "").startswith("application/json")
    form = {} if is_json else read_form(body)
    locale = choose_locale(request, form)
    return Visit(request, found.actor if found else None, token, locale, now, form, body)


def _is_addressed_to_us(request: Request) -> bool:
    """Whether the one `Host` is ours; of two a proxy might have read the other."""
    return request.headers.getlist("host") == [get_settings().public_host]


def _is_spelled_plainly(request: Request) -> bool:
    """Whether the address was sent as it is, not in a percent-encoded disguise of itself."""
    raw: bytes = request.scope.get("raw_path") or b""
    return b"%" not in raw.partition(b"?")[0]


def _is_event_socket(scope: Scope) -> bool:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return (
        scope["type"] == "websocket"
        and scope["path"].rstrip("/") == EVENT_SOCKET
        and hosts == [get_settings().public_host]
    )


def _file(request: Request, file: StaticFile) -> Response:
    encoding, body = file.best_for(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": file.cache, "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, media_type=file.media_type, headers=headers)


def _page(visit: Visit, path: str) -> Response:
    response = _file(visit.request, page_files()[path])
    response.headers["Content-Security-Policy"] = page_policies()[path]
    if cookies.locale(visit.request) != visit.locale:
        cookies.set_locale(response, visit.locale)
    return response


def _compress(request: Request, response: Response) -> None:
    """Compress a filled document. It holds no secret that a guesser could measure by its length."""
    if response.media_type != "text/html" or "content-encoding" in response.headers:
        return
    response.headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        response.body = gzip.compress(bytes(response.body), 6)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))


def _elsewhere(request: Request, router: Router) -> Response:
    """No such address: with one slash too many it is sent on, else it does not exist."""
    if request.url.path.startswith(API):
        return _no_such_call(request, router)
    shorter = request.url.path.rstrip("/")
    exists = page_at(shorter) is not None or router.find("GET", shorter)[0] is not None
    if request.method in {"GET", "HEAD"} and request.url.path == f"{shorter}/" and exists:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{shorter}{query}", 308)
    return refusals.not_found(choose_locale(request, {}))


def _no_such_call(request: Request, router: Router) -> Response:
    """A machine is told whether the address or only the method is wrong."""
    methods = {"GET": "GET, HEAD", "POST": "POST"}
    allowed = [named for each, named in methods.items() if router.find(each, request.url.path)[0]]
    if not allowed:
        return problem(NotFoundError())
    return problem(WrongMethodError(allow=", ".join(allowed)))


def _refusal(request: Request, error: PortalError) -> Response:
    if request.url.path.startswith(API):
        return problem(error)
    return refusals.refusal(choose_locale(request, {}), error)


def _failure(request: Request) -> Response:
    if request.url.path.startswith(API):
        return problem(FailedError())
    return refusals.failure(choose_locale(request, {}))


def _finishing(send: Send, *, head: bool) -> Send:
    """Add the standing headers; a HEAD request gets them alone."""

    async def finish(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(
                    (name.lower().encode(), value.encode())
                    for name, value in standing_headers().items()
                    if name.lower().encode() not in present
                ),
            ]
        elif head:
            message = {**message, "body": b""}
        await send(message)

    return finish


def _safe_path(request: Request) -> str:
    """The path without what may be secret in it, for logs."""
    return "/".join(request.url.path.split("/")[:3])
