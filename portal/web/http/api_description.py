"""The interface for machines as OpenAPI 3.1, made from the models that the routes use."""

from typing import Any

from pydantic import BaseModel

from portal.contacts.station import Acknowledgement, CallLists
from portal.marketing.opt_out_reports import (
    MOST_REPORTS,
    OptOutReport,
    OptOutReports,
    TakenReports,
)
from portal.settings import get_settings
from portal.web.http.visit import LARGEST_BODY

LARGEST_VERSION = 2**63 - 1
_MODELS: tuple[type[BaseModel], ...] = (
    CallLists,
    Acknowledgement,
    OptOutReport,
    OptOutReports,
    TakenReports,
)
_WORDS = {
    400: "something in the call is wrong: field says what",
    401: "no token, or one that is not for this",
    405: "the address answers another method",
    413: f"the body is larger than {LARGEST_BODY // 1024} kB",
    415: "the body does not say that it is JSON",
    422: "there is no such version yet",
    429: "too many calls: wait as long as Retry-After says, in seconds",
}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    405: {"Allow": {"required": True, "schema": {"type": "string"}}},
    429: {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}},
}
_ONE = {"channel": "sms", "address": "+4790000101", "reason": "stop"}
_MANY = [
    {"channel": "email", "address": "kari@nordlys.example", "reason": "stop", "topic": "offers"},
    {"channel": "email", "address": "kari@nordlys", "reason": "bounce"},
]


def description() -> dict[str, Any]:
    """The OpenAPI document."""
    company = get_settings().company_name
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{company}: call lists and opt-outs", "version": "2"},
        "servers": [{"url": get_settings().origin}],
        "components": {
            "securitySchemes": {
                "station": _token("one of PORTAL_STATION_TOKENS"),
                "senders": _token("one of PORTAL_SENDER_TOKENS"),
            },
            "schemas": _schemas(),
        },
        "paths": {
            "/api/call-lists": {"get": _get_call_lists()},
            "/api/call-lists/acknowledgements": {
                "post": {
                    "operationId": "acknowledgeCallLists",
                    "summary": "The station has everything up to a version",
                    "security": [{"station": []}],
                    "requestBody": _body(_ref("Acknowledgement")),
                    "responses": _responses("Acknowledgement", 400, 401, 413, 415, 422, 429),
                }
            },
            "/api/marketing/opt-outs": {"post": _post_opt_outs()},
        },
    }


def _get_call_lists() -> dict[str, Any]:
    since = {"type": "integer", "minimum": 0, "maximum": LARGEST_VERSION, "default": 0}
    return {
        "operationId": "getCallLists",
        "summary": "The call lists that changed after a version",
        "security": [{"station": []}],
        "parameters": [{"name": "since", "in": "query", "schema": since}],
        "responses": _responses("CallLists", 400, 401, 429),
    }


def _post_opt_outs() -> dict[str, Any]:
    body = _body({"oneOf": [_ref("OptOutReport"), _ref("OptOutReports")]})
    body["content"]["application/json"]["examples"] = {
        "one": {"summary": "STOP, answered to an SMS", "value": _ONE},
        "many": {"summary": "no more offers, and a bounce", "value": {"opt_outs": _MANY}},
    }
    responses = _responses("TakenReports", 400, 401, 413, 415, 429)
    taken = {"taken": 1, "refused": [{"index": 1, "error": "email-unknown", "field": "address"}]}
    responses["200"]["content"]["application/json"]["examples"] = {
        "one": {"summary": "it holds", "value": {"taken": 1, "refused": []}},
        "many": {"summary": "the second address cannot be used", "value": taken},
    }
    return {
        "operationId": "postOptOuts",
        "summary": f"Somebody is to get no more marketing: one opt-out, or up to {MOST_REPORTS}",
        "description": "Holds from the moment of the answer. Posting the same twice changes "
        "nothing. An address that cannot be used is told by its place, and holds nothing up; a "
        "body of another shape is refused whole. The answer is the same whoever has the address.",
        "security": [{"senders": []}],
        "requestBody": body,
        "responses": responses,
    }


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for model in _MODELS:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    schemas["Problem"] = {
        "type": "object",
        "required": ["error", "field"],
        "properties": {
            "error": {"type": "string", "description": "a code that stays the same"},
            "field": {
                "type": "string",
                "description": "the first parameter or member that is wrong, such as "
                "opt_outs.3.topic; empty if no single one is",
            },
        },
    }
    return schemas


def _token(words: str) -> dict[str, str]:
    return {"type": "http", "scheme": "bearer", "description": words}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _responses(answer: str, *refusals: int) -> dict[str, Any]:
    found = {"200": _response("done", answer)}
    for each in (*refusals, 405):
        found[str(each)] = _response(_WORDS[each], "Problem")
        if each in _HEADERS:
            found[str(each)]["headers"] = _HEADERS[each]
    return found


def _response(words: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
