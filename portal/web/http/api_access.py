"""What every call of the interface for machines goes through: token, limits, JSON in and out.

Calls carry a bearer token (RFC 6750). A session is no token here, and a token no session.
"""

import hashlib
import hmac
from asyncio import to_thread
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.responses import JSONResponse, Response

from portal.errors import PortalError
from portal.limits import Limit, hit
from portal.web.http.visit import Visit

API = "/api/"
CALLS_PER_MINUTE = Limit("api calls", 120, timedelta(minutes=1))
REFUSED_PER_MINUTE = Limit("api calls refused", 20, timedelta(minutes=1))

T = TypeVar("T")


class UnauthorisedError(PortalError):
    code = "unauthorised"
    status = 401


class BadRequestError(PortalError):
    code = "bad-request"
    status = 400


class WrongMediaTypeError(PortalError):
    """Bodies are JSON, and say so."""

    code = "json-required"
    status = 415


class WrongMethodError(PortalError):
    """The address answers another method; `details["allow"]` says which."""

    code = "method-not-allowed"
    status = 405


async def require_token(visit: Visit, known: Sequence[str]) -> None:
    """Go on only for a machine that has one of the known tokens.

    Raises:
        UnauthorisedError: no token, or a wrong one.
        TooManyAttemptsError: too many calls.
    """
    scheme, _, token = visit.request.headers.get("authorization", "").partition(" ")
    given = hashlib.sha256(token.strip().encode("utf-8", "replace")).digest()
    right = False
    for each in known:
        right |= hmac.compare_digest(given, hashlib.sha256(each.encode()).digest())
    if scheme.lower() != "bearer" or not right:
        await to_thread(hit, REFUSED_PER_MINUTE, visit.address)
        raise UnauthorisedError
    await to_thread(hit, CALLS_PER_MINUTE, given.hex())


def read_json(visit: Visit, shape: TypeAdapter[T]) -> T:
    """The posted JSON.

    Raises:
        WrongMediaTypeError: it does not say that it is JSON.
        BadRequestError: it is none, or of another shape; `field` names the first wrong member.
    """
    if not visit.request.headers.get("content-type", "").startswith("application/json"):
        raise WrongMediaTypeError
    try:
        return shape.validate_json(visit.body)
    except ValidationError as error:
        where = [str(part) for part in error.errors()[0]["loc"] if isinstance(part, str)]
        raise BadRequestError(where[-1] if where else "") from error


def answer_json(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


def problem(error: PortalError) -> Response:
    """A refusal as machines read it: `error` is stable, `field` names the parameter at fault."""
    response = answer_json({"error": error.code, "field": error.field}, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 405:
        response.headers["Allow"] = str(error.details.get("allow", ""))
    if error.status == 429:
        response.headers["Retry-After"] = str(error.details.get("retry_after", 60))
    return response
