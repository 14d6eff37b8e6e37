"""A person's copy of their data, and a customer's record: made at once, sent while it is made."""

import re
import unicodedata
from asyncio import to_thread
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from portal.errors import RecentSignInRequiredError
from portal.notices.versions import day_of
from portal.privacy.copy_archive import copy_of_person, record_of_customer
from portal.privacy.downloads import count_download, record_company_record, record_copy
from portal.settings import get_settings
from portal.web.documents import document
from portal.web.http.route import Endpoint
from portal.web.http.streams import MadeWhileSent, place_for
from portal.web.http.visit import Visit
from portal.web.locale import using
from portal.web.services import change


@dataclass(frozen=True)
class Download:
    """A file that people take along, and the document that is shown while it begins."""

    name: str
    address: str
    page: str
    note: Callable[..., None]
    make: Callable[..., Iterator[bytes]]


MY_DATA = Download("my-data", "/download/my-data", "data/copy", record_copy, copy_of_person)
COMPANY_RECORD = Download(
    "company-record",
    "/download/company-record",
    "data/company-record",
    record_company_record,
    record_of_customer,
)


def download(wanted: Download) -> Endpoint:
    """The file. Whoever signed in long ago enters the password first."""

    async def send(visit: Visit) -> Response:
        try:
            visit.person.require_recent_sign_in(visit.now)
        except RecentSignInRequiredError:
            return _confirm_first(visit, wanted)
        headers = {"Content-Disposition": f'attachment; filename="{_file_name(visit, wanted)}"'}
        if visit.request.method == "HEAD":
            return Response(media_type="application/zip", headers=headers)
        with ExitStack() as held, using(visit.locale):
            held.enter_context(place_for(str(visit.person.user)))
            await to_thread(count_download, visit.person.user)
            await change(wanted.note, visit.person, now=visit.now)
            return MadeWhileSent(
                lambda: wanted.make(visit.person, now=visit.now),
                media_type="application/zip",
                headers=headers,
                held=held.pop_all(),
            )

    return send


def begun(wanted: Download) -> Endpoint:
    """Where somebody lands who has entered the password: the browser asks for the file by itself,
    without a script, and a link stands by.
    """

    async def show(visit: Visit) -> Response:
        try:
            visit.person.require_recent_sign_in(visit.now)
        except RecentSignInRequiredError:
            return _confirm_first(visit, wanted)
        response = document(wanted.page, visit.locale)
        response.headers["Refresh"] = f"1; url={wanted.address}?l={visit.locale}"
        return response

    return show


def _file_name(visit: Visit, wanted: Download) -> str:
    """Such as `sensornordic-my-data-2026-11-25.zip`, in letters that every file system takes."""
    company = get_settings().company_name.casefold().replace("ø", "o").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"{slug}-{wanted.name}-{day_of(visit.now).isoformat()}.zip"


def _confirm_first(visit: Visit, wanted: Download) -> Response:
    back = quote(visit.path(wanted.page), safe="/")
    return RedirectResponse(f"{visit.path('confirm-identity')}?next={back}", 303)
