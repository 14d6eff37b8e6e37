"""Health, and the well-known addresses."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal.languages import LOCALES
from portal.settings import get_settings
from portal.web.http.visit import Visit
from portal.web.services import look

# For search engines; everything else is private.
FINDABLE = ("sign-in", "reset-password", "privacy", "privacy/alarm-contacts")


async def live(visit: Visit) -> Response:
    """The process answers."""
    return PlainTextResponse("live\n")


async def ready(visit: Visit) -> Response:
    """The process can do its work: it reaches the database."""
    await look(_ask_database)
    return PlainTextResponse("ready\n")


def _ask_database(db: Session) -> None:
    db.connection().execute(text("SELECT 1"))


async def change_password(visit: Visit) -> Response:
    """Where password managers look (W3C, change-password-url)."""
    return RedirectResponse(visit.path("account/password"), 303)


async def security_txt(visit: Visit) -> Response:
    """How to report a weakness (RFC 9116)."""
    settings = get_settings()
    contact = settings.security_contact or f"mailto:{settings.company_email}"
    expires = (visit.now + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
    return PlainTextResponse(
        f"Contact: {contact}\n"
        f"Expires: {expires}\n"
        "Preferred-Languages: en, nb\n"
        f"Canonical: {settings.origin}/.well-known/security.txt\n"
    )


async def robots(visit: Visit) -> Response:
    """Only what anybody may read is worth finding."""
    allowed = "".join(f"Allow: /{locale}/{page}$\n" for locale in LOCALES for page in FINDABLE)
    return PlainTextResponse(f"User-agent: *\n{allowed}Allow: /assets/\nDisallow: /\n")
