"""The interface for machines: the monitoring station fetches call lists and says that it has them.

Every call carries a bearer token (RFC 6750). The description at `/api/openapi.json` is made from
the models that the routes themselves use.
"""

import hashlib
import hmac
from asyncio import to_thread
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.responses import JSONResponse, Response

from portal.actor import system
from portal.contacts.station import (
    Acknowledgement,
    CallLists,
    acknowledge_call_lists,
    fetch_call_lists,
)
from portal.errors import PortalError
from portal.limits import Limit, hit
from portal.settings import get_settings
from portal.web.http.visit import Visit
from portal.web.services import change

STATION = system("monitoring station")
CALLS_PER_MINUTE = Limit("api calls", 120, timedelta(minutes=1))
REFUSED_PER_MINUTE = Limit("api calls refused", 20, timedelta(minutes=1))
LARGEST_VERSION = 2**63 - 1


class _UnauthorisedError(PortalError):
    code = "unauthorised"
    status = 401


class _BadRequestError(PortalError):
    code = "bad-request"
    status = 400


async def get_call_lists(visit: Visit) -> Response:
    """The lists that changed after `since`."""
    try:
        await _require_token(visit)
        lists = await change(fetch_call_lists, STATION, since=_since(visit), now=visit.now)
    except PortalError as error:
        return _problem(error)
    return _json(lists.model_dump(mode="json"))


async def post_acknowledgement(visit: Visit) -> Response:
    """The station has everything up to a version."""
    try:
        await _require_token(visit)
        word = _acknowledgement(visit)
        await change(acknowledge_call_lists, STATION, version=word.version, now=visit.now)
    except PortalError as error:
        return _problem(error)
    return _json(word.model_dump())


async def openapi(visit: Visit) -> Response:
    """What this interface is, as OpenAPI 3.1."""
    return JSONResponse(description(), headers={"Cache-Control": "no-store"})


async def _require_token(visit: Visit) -> None:
    """Go on only for a machine that SensorNordic gave a token.

    Raises:
        _UnauthorisedError: no token, or a wrong one.
        TooManyAttemptsError: too many calls.
    """
    scheme, _, token = visit.request.headers.get("authorization", "").partition(" ")
    given = hashlib.sha256(token.strip().encode("utf-8", "replace")).digest()
    known = False
    for each in get_settings().station_token_list:
        known |= hmac.compare_digest(given, hashlib.sha256(each.encode()).digest())
    if scheme.lower() != "bearer" or not known:
        await to_thread(hit, REFUSED_PER_MINUTE, visit.address)
        raise _UnauthorisedError
    await to_thread(hit, CALLS_PER_MINUTE, given.hex())


def _since(visit: Visit) -> int:
    text = visit.query("since") or "0"
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > LARGEST_VERSION:
        raise _BadRequestError("since")
    return int(text)


def _acknowledgement(visit: Visit) -> Acknowledgement:
    try:
        word = Acknowledgement.model_validate_json(visit.body)
    except ValidationError as error:
        raise _BadRequestError("version") from error
    if word.version > LARGEST_VERSION:
        raise _BadRequestError("version")
    return word


def _json(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


def _problem(error: PortalError) -> Response:
    """A refusal as machines read it: `error` is stable, `field` names the parameter at fault."""
    response = _json({"error": error.code, "field": error.field}, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 429:
        response.headers["Retry-After"] = str(error.details.get("retry_after", 60))
    return response


def description() -> dict[str, Any]:
    """The OpenAPI document."""
    schemas: dict[str, Any] = {}
    for model in (CallLists, Acknowledgement):
        schema = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    schemas["Problem"] = {
        "type": "object",
        "required": ["error", "field"],
        "properties": {"error": {"type": "string"}, "field": {"type": "string"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{get_settings().company_name}: call lists", "version": "1"},
        "servers": [{"url": get_settings().origin}],
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
        "paths": {
            "/api/call-lists": {
                "get": {
                    "operationId": "getCallLists",
                    "summary": "The call lists that changed after a version",
                    "parameters": [
                        {
                            "name": "since",
                            "in": "query",
                            "schema": {
                                "type": "integer",
                                "minimum": 0,
                                "maximum": LARGEST_VERSION,
                                "default": 0,
                            },
                        }
                    ],
                    "responses": _responses("CallLists", 400, 401, 429),
                }
            },
            "/api/call-lists/acknowledgements": {
                "post": {
                    "operationId": "acknowledgeCallLists",
                    "summary": "The station has everything up to a version",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": _ref("Acknowledgement")}},
                    },
                    "responses": _responses("Acknowledgement", 400, 401, 413, 422, 429),
                }
            },
        },
    }


def _responses(answer: str, *refusals: int) -> dict[str, Any]:
    found = {"200": _response("done", answer)}
    return found | {str(status): _response("refused", "Problem") for status in refusals}


def _response(words: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
