"""Answering a satisfaction survey by the link in its mail."""

from starlette.responses import RedirectResponse, Response

from portal.errors import InvalidValueError
from portal.marketing import surveys
from portal.marketing.surveys import SurveyEndedError, answer_survey, open_survey
from portal.web.documents import document
from portal.web.http import cookies
from portal.web.http.forms import wrong_form
from portal.web.http.visit import Visit
from portal.web.pages.survey import PATH
from portal.web.services import change, look


async def show_survey(visit: Visit) -> Response:
    """The question. Looking changes nothing."""
    try:
        found = await look(open_survey, _token(visit), now=visit.now)
    except SurveyEndedError as error:
        return document(PATH, visit.locale, status=error.status)
    return document(PATH, visit.locale, customer=found.customer)


async def post_survey(visit: Visit) -> Response:
    """The answer; the link is used up."""
    words = visit.field("words")
    try:
        await change(answer_survey, _token(visit), visit.field("score"), words, now=visit.now)
    except SurveyEndedError as error:
        return document(PATH, visit.locale, status=error.status)
    except InvalidValueError as error:
        found = await look(open_survey, _token(visit), now=visit.now)
        return wrong_form(visit, PATH, error, customer=found.customer, words=words)
    response = RedirectResponse(visit.path(f"{PATH}/thanks"), 303)
    cookies.clear_link(response)
    return response


async def show_thanks(visit: Visit) -> Response:
    return document(f"{PATH}/thanks", visit.locale)


def _token(visit: Visit) -> str:
    return cookies.link_token(visit.request, surveys.PURPOSE)
