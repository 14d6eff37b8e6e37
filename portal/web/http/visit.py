"""One HTTP request, as routes see it."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.requests import Request

from portal.accounts.device import device_name
from portal.actor import Actor
from portal.errors import PortalError
from portal.languages import DEFAULT_LOCALE, LOCALES
from portal.settings import get_settings
from portal.web.http import cookies

LARGEST_BODY = 64 * 1024
MOST_FIELDS = 50


class BodyTooLargeError(PortalError):
    """A form larger than any of ours."""

    code = "body-too-large"
    status = 413


@dataclass(frozen=True)
class Visit:
    """A request with who makes it, in which language, and when."""

    request: Request
    actor: Actor | None
    session_token: str
    locale: str
    now: datetime
    _form: dict[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def person(self) -> Actor:
        """The signed-in visitor; routes declared for the signed-in always have one."""
        if self.actor is None:
            raise LookupError("nobody is signed in")
        return self.actor

    @property
    def address(self) -> str:
        """The client's network address, seen through as many proxies as are trusted."""
        return client_address(self.request)

    @property
    def device_name(self) -> str:
        """The browser in words, for the list of devices."""
        return device_name(self.request.headers.get("user-agent", ""))

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    def path(self, page: str) -> str:
        """The canonical path of a page or document in the visit's language."""
        return f"/{self.locale}/{page}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the posted form's fields."""
        return tuple(self._form)

    def field(self, name: str) -> str:
        """A field of the posted form; empty if it was not sent."""
        return self._form.get(name, "")


def client_address(request: Request) -> str:
    hops = get_settings().trusted_proxies
    if hops:
        chain = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
        if len(chain) >= hops and chain[-hops]:
            return chain[-hops]
    return request.client.host if request.client else "unknown"


async def read_body(request: Request) -> bytes:
    """What was posted.

    Raises:
        BodyTooLargeError: it is larger than any form of ours.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BodyTooLargeError
    return bytes(body)


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form that the browser posted, each once.

    Raises:
        BodyTooLargeError: it has more fields than any form of ours.
    """
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise BodyTooLargeError from error
    return dict(fields)


def choose_locale(request: Request, form: dict[str, str]) -> str:
    """The language of the path, else of the form, the address or the cookie, else the browser's."""
    first = request.url.path.removeprefix("/").partition("/")[0]
    for candidate in (
        first,
        form.get("locale", ""),
        request.query_params.get("l", ""),
        cookies.locale(request),
    ):
        if candidate in LOCALES:
            return candidate
    return preferred_locale(request.headers.get("accept-language", ""))


def preferred_locale(accept_language: str) -> str:
    """The best of our languages for a browser's `Accept-Language` (RFC 9110, 12.5.4)."""
    weighed: list[tuple[float, str]] = []
    for part in accept_language[:200].split(","):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        try:
            weighed.append((float(weight or 1), tag.lower().split("-")[0]))
        except ValueError:
            continue
    wanted = [each for each in weighed if each[0] > 0]  # q=0 says "not this one"
    for _, language in sorted(wanted, key=lambda each: -each[0]):
        candidate = "nb" if language in {"no", "nn"} else language
        if candidate in LOCALES:
            return candidate
    return DEFAULT_LOCALE
