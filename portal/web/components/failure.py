"""The last resort: what is shown when a page's own script has failed.

It exists once for the whole portal, so it holds every language; the style sheet shows the one of
the document.
"""

import reflex as rx

from portal.web.locale import LOCALES, _, using


def page_failure() -> rx.Component:
    """Words and a plain link, in each language."""
    return rx.el.div(*[_in(locale) for locale in LOCALES], class_name="page-failure")


def _in(locale: str) -> rx.Component:
    with using(locale):
        return rx.el.div(
            rx.el.h1(_("Something went wrong")),
            rx.el.p(_("The fault is ours. Load the page again; what you saved before is safe.")),
            lang=locale,
            class_name="page-failure__words",
        )
