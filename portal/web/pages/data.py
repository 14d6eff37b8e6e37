"""Your data: who looked, a copy of everything, requests, deletion."""

import reflex as rx

from portal.web.access import Access
from portal.web.components.sections import page_heading
from portal.web.components.skeletons import revealed, skeleton
from portal.web.frame_state import FrameState
from portal.web.locale import N_, _
from portal.web.page import Page
from portal.web.pages.access_log import AccessLogState, access_log_section
from portal.web.pages.data_deletion import (
    DataDeletionState,
    deletion_section,
    waiting_deletions_first,
)
from portal.web.pages.data_download import DataDownloadState, download_section
from portal.web.pages.data_requests import requests_section
from portal.web.pages.frame import signed_in_page

PATH = "data"


def data() -> rx.Component:
    return signed_in_page(
        page_heading(
            title=_("Your data"),
            lead=_("What we know about you, who looked at it, and what you can do about it."),
        ),
        revealed(
            waiting_deletions_first(),
            access_log_section(),
            download_section(),
            requests_section(),
            deletion_section(),
            when=DataDeletionState.loaded,  # the last of them to be filled
            skeleton=skeleton(lines=14),
        ),
        current=PATH,
    )


PAGE = Page(
    PATH,
    N_("Your data"),
    Access.NOT_STAFF,
    data,
    load=[
        AccessLogState.load,
        DataDownloadState.load,
        DataDeletionState.load,
        FrameState.load,
    ],
)
