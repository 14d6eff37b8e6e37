"""What every call of the interface for machines goes through: token, limits, JSON in and out.

Calls carry a bearer token (RFC 6750). A session is no token here, and a token no session.
"""

import hashlib
import hmac
from asyncio import to_thread
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.responses import JSONResponse, Response

from portal.errors import PortalError
from portal.limits import Limit, hit
from portal.web.http.visit import Visit

API = "/api/"
CALLS_PER_MINUTE = Limit("api calls", 120, timedelta(minutes=1))
REFUSED_PER_MINUTE = Limit("api calls refused", 20, timedelta(minutes=1))

M = TypeVar("M", bound=BaseModel)


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


class FailedError(PortalError):
    """Something went wrong on our side."""

    code = "failed"
    status = 500


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


def read_json(visit: Visit) -> Any:
    """The posted JSON. Of a name that an object holds twice, the last counts.

    Raises:
        WrongMediaTypeError: it does not say that it is JSON.
        BadRequestError: it is none.
    """
    media_type = visit.request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "application/json":
        raise WrongMediaTypeError
    try:
        return from_json(visit.body, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequestError from error


def fitted(model: type[M], content: Any) -> M:
    """What was posted, in the shape that the description gives.

    Raises:
        BadRequestError: it has another; `field` leads to the first member that is wrong, such as
            `opt_outs.3.topic`.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise BadRequestError(".".join(str(part) for part in first["loc"])) from error


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
