"""Public documents: pages without script, filled by the server in the visitor's language.

They are built by Reflex like every page, so that the portal has one look and one language
mechanism; the build takes their scripts out (see `prerender.py`). Filled documents are never
cached, and their policy allows no script at all.
"""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Undefined
from starlette.responses import HTMLResponse

from portal.web.build_output import templates_folder

# Without scripts nothing on the page can connect; `connect-src` lets auditing tools that run inside
# the page read robots.txt.
DOCUMENT_POLICY = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class _Empty(Undefined):
    """A slot that nobody filled is empty, at any depth."""

    def __getattr__(self, name: str) -> "_Empty":
        if name.startswith("__"):
            raise AttributeError(name)
        return self


@lru_cache
def _environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=_Empty)


def document(path: str, locale: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """The document at `path` (without locale) with its slots filled; every value is escaped."""
    template = _environment(templates_folder()).get_template(f"{locale}/{path}.html")
    return HTMLResponse(
        template.render(values),
        status_code=status,
        headers={"Content-Security-Policy": DOCUMENT_POLICY},
    )
