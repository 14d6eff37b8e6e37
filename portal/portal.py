"""The composition root: the Reflex app, its pages, the guard, and what the server serves."""

import gc
from collections.abc import Callable

import reflex as rx
from starlette.types import ASGIApp

from portal.settings import get_settings
from portal.web.event_namespace import use_portal_namespace
from portal.web.failures import error_boundary, report_failed_event, report_failed_page
from portal.web.guard import Guard
from portal.web.http.application import PortalApplication
from portal.web.http.routes import routes
from portal.web.locale import LOCALES, _, using
from portal.web.orphan import leave_with_parent
from portal.web.page import Document, Page
from portal.web.site_map import DOCUMENTS, PAGES
from portal.web.worker_task import run_worker

app = rx.App(
    app_wraps={(55, "ErrorBoundary"): lambda stateful: error_boundary()},
    toaster=None,
    stylesheets=["/portal.css"],
    reset_style=False,
    head_components=[
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        # An optional font that is found only in the stylesheet comes too late to be used.
        rx.el.link(
            rel="preload",
            href="/fonts/familjen-grotesk-600.woff2",
            type="font/woff2",
            cross_origin="anonymous",
            custom_attrs={"as": "font"},
        ),
    ],
    backend_exception_handler=report_failed_event,
    frontend_exception_handler=report_failed_page,
)
app.add_middleware(Guard(), index=0)


def _in_language(each: Page | Document, locale: str) -> Callable[[], rx.Component]:
    """The page's view in one language; a module name of its own keeps its bundle apart."""

    def view() -> rx.Component:
        with using(locale):
            return each.view()

    view.__module__ = f"portal.built.{locale}.{each.path.replace('/', '_').replace('-', '_')}"
    return view


for _locale in LOCALES:
    for _each in (*PAGES, *DOCUMENTS):
        with using(_locale):
            _title = f"{_(_each.title)} – {get_settings().company_name}"
            _description = _("The portal for customers and alarm contacts of {company}.").format(
                company=get_settings().company_name
            )
        app.add_page(
            _in_language(_each, _locale),
            route=f"{_locale}/{_each.path}",
            title=_title,
            description=_description,
            image="",
            on_load=_each.load if isinstance(_each, Page) else None,
        )

use_portal_namespace(app)
app.register_lifespan_task(run_worker)
app.register_lifespan_task(leave_with_parent)


def serve() -> ASGIApp:
    """What the server runs: the portal's own answers around Reflex's event socket."""
    application = PortalApplication(app(), routes())
    # What is loaded by now stays: the collector need not look through it again and again, which
    # costs a tenth of every event.
    gc.collect()
    gc.freeze()
    return application
