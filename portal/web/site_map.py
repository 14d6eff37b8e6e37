"""Every address of the portal that shows something, with who may see it."""

from portal.actor import Actor
from portal.web.locale import LOCALES
from portal.web.page import Page
from portal.web.pages import DOCUMENTS, PAGES

TEMPLATES = "documents"
SITE_FILE = "pages.json"

_BY_PATH = {f"/{locale}/{page.path}": page for page in PAGES for locale in LOCALES}


def page_at(path: str) -> Page | None:
    """The page at a canonical path such as `/en/company`; None where there is none."""
    return _BY_PATH.get(path)


def home_of(actor: Actor) -> str:
    """The path, without locale, of the page on which this person starts."""
    return next(page.path for page in PAGES if page.access.allows(actor))


__all__ = ["DOCUMENTS", "PAGES", "SITE_FILE", "TEMPLATES", "home_of", "page_at"]
