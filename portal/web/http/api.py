"""The interface for machines: the monitoring station fetches call lists and says that it has them,
and the mailing and SMS tools hand opt-outs back.

The description at `/api/openapi.json` is made from the models that the routes themselves use.
A refusal reaches its caller as JSON: see `api_access.problem`.
"""

from starlette.responses import JSONResponse, Response

from portal.actor import system
from portal.contacts.station import Acknowledgement, acknowledge_call_lists, fetch_call_lists
from portal.marketing.opt_out_reports import OptOutReport, OptOutReports, take_reports
from portal.settings import get_settings
from portal.web.http.api_access import (
    BadRequestError,
    answer_json,
    fitted,
    read_json,
    require_token,
)
from portal.web.http.api_description import LARGEST_VERSION, description
from portal.web.http.visit import Visit
from portal.web.services import change

STATION = system("monitoring station")
SENDERS = system("senders")


async def get_call_lists(visit: Visit) -> Response:
    """The lists that changed after `since`."""
    await require_token(visit, get_settings().station_token_list)
    lists = await change(fetch_call_lists, STATION, since=_since(visit), now=visit.now)
    return answer_json(lists.model_dump(mode="json"))


async def post_acknowledgement(visit: Visit) -> Response:
    """The station has everything up to a version."""
    await require_token(visit, get_settings().station_token_list)
    word = fitted(Acknowledgement, read_json(visit))
    if word.version > LARGEST_VERSION:
        raise BadRequestError("version")
    await change(acknowledge_call_lists, STATION, version=word.version, now=visit.now)
    return answer_json(word.model_dump())


async def post_opt_outs(visit: Visit) -> Response:
    """The senders' tools report who wants no more, one or many."""
    await require_token(visit, get_settings().sender_token_list)
    given = read_json(visit)
    many = isinstance(given, dict) and "opt_outs" in given
    reports = fitted(OptOutReports, given).opt_outs if many else [fitted(OptOutReport, given)]
    taken = await change(take_reports, SENDERS, reports, now=visit.now)
    return answer_json(taken.model_dump(mode="json"))


async def openapi(visit: Visit) -> Response:
    """What this interface is, as OpenAPI 3.1."""
    return JSONResponse(description(), headers={"Cache-Control": "no-store"})


def _since(visit: Visit) -> int:
    text = visit.query("since") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise BadRequestError("since")
    if (version := int(text)) > LARGEST_VERSION:
        raise BadRequestError("since")
    return version
