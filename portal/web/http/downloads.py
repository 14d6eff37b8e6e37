"""A person's copy of their data, and a customer's record: made at once, sent while it is made."""

import re
import unicodedata
from asyncio import to_thread
from collections.abc import Callable, Iterator
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from portal.errors import RecentSignInRequiredError
from portal.notices.versions import day_of
from portal.privacy.copy_archive import copy_of_person, record_of_customer
from portal.privacy.downloads import count_download, record_company_record, record_copy
from portal.settings import get_settings
from portal.web.documents import document
from portal.web.http.streams import MadeWhileSent
from portal.web.http.visit import Visit
from portal.web.locale import using
from portal.web.services import change

COPY, RECORD = "data/copy", "data/company-record"
ADDRESSES = {COPY: "/download/my-data", RECORD: "/download/company-record"}


async def download_my_data(visit: Visit) -> Response:
    """Everything about the visitor, as one file."""
    try:
        visit.person.require_recent_sign_in(visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit, COPY)
    await to_thread(count_download, visit.person.user)
    await change(record_copy, visit.person, now=visit.now)
    return _file(visit, copy_of_person, "my-data")


async def download_company_record(visit: Visit) -> Response:
    """The record of the customer that the visitor owns."""
    try:
        visit.person.require_recent_sign_in(visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit, RECORD)
    await to_thread(count_download, visit.person.user)
    await change(record_company_record, visit.person, now=visit.now)
    return _file(visit, record_of_customer, "company-record")


async def show_copy(visit: Visit) -> Response:
    """Where somebody lands who had to enter the password first: the download begins by itself."""
    return _begun(visit, COPY)


async def show_company_record(visit: Visit) -> Response:
    return _begun(visit, RECORD)


def _begun(visit: Visit, page: str) -> Response:
    """The browser asks for the file by itself, without a script; a link stands by."""
    try:
        visit.person.require_recent_sign_in(visit.now)
    except RecentSignInRequiredError:
        return _confirm_first(visit, page)
    response = document(page, visit.locale)
    response.headers["Refresh"] = f"1; url={ADDRESSES[page]}?l={visit.locale}"
    return response


def _file(visit: Visit, make: Callable[..., Iterator[bytes]], what: str) -> Response:
    name = f"{_slug(get_settings().company_name)}-{what}-{day_of(visit.now).isoformat()}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    if visit.request.method == "HEAD":
        return Response(media_type="application/zip", headers=headers)
    with using(visit.locale):
        return MadeWhileSent(
            lambda: make(visit.person, now=visit.now), media_type="application/zip", headers=headers
        )


def _slug(name: str) -> str:
    """The name in letters that every file system takes."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("æ", "ae"))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")


def _confirm_first(visit: Visit, page: str) -> Response:
    back = quote(visit.path(page), safe="/")
    return RedirectResponse(f"{visit.path('confirm-identity')}?next={back}", 303)
