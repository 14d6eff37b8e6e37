"""The interface for machines as OpenAPI 3.1, made from the models that the routes use."""

from typing import Any

from pydantic import BaseModel

from portal.contacts.station import Acknowledgement, CallLists
from portal.marketing.opt_out_reports import OptOutReport, OptOutReports, TakenReports
from portal.settings import get_settings

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
    413: "the body is larger than 64 kB",
    415: "the body does not say that it is JSON",
    422: "there is no such version yet",
    429: "too many calls: wait as long as Retry-After says, in seconds",
}


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
    return {
        "operationId": "postOptOuts",
        "summary": "Somebody is to get no more marketing: one opt-out, or up to 500",
        "description": "Holds from the moment of the answer. Posting the same twice changes "
        "nothing. An address that cannot be used is told by its place, and holds nothing up.",
        "security": [{"senders": []}],
        "requestBody": _body({"oneOf": [_ref("OptOutReport"), _ref("OptOutReports")]}),
        "responses": _responses("TakenReports", 400, 401, 413, 415, 429),
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
        "properties": {"error": {"type": "string"}, "field": {"type": "string"}},
    }
    return schemas


def _token(words: str) -> dict[str, str]:
    return {"type": "http", "scheme": "bearer", "description": words}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _responses(answer: str, *refusals: int) -> dict[str, Any]:
    found = {"200": _response("done", answer)}
    return found | {str(each): _response(_WORDS[each], "Problem") for each in (*refusals, 405)}


def _response(words: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
