"""Plain HTTP routes. Each declares its methods and who may call it; nothing else answers."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from portal.languages import LOCALES
from portal.web.access import Access
from portal.web.http.visit import Visit

Endpoint = Callable[[Visit], Awaitable[Response]]
_PARAMETER = re.compile(r"\{(\w+)\}")
_PATTERNS = {
    "locale": "|".join(LOCALES),
    "purpose": "[a-z-]+",
    "token": "[A-Za-z0-9_-]+",
    "id": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "name": "[\\w.-]+",
    "scope": "membership|account|customer",
    "format": "html|json|csv",
}


@dataclass(frozen=True)
class Route:
    """One address and method.

    `checks_origin` is False only for what mail programs and machines post (RFC 8058).
    """

    method: str
    path: str
    access: Access
    endpoint: Endpoint
    checks_origin: bool = True

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(
            _PARAMETER.sub(lambda found: f"(?P<{found[1]}>{_PATTERNS[found[1]]})", self.path)
        )


class Router:
    """Finds the route of a request. Only the exact spelling of a path has one."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._routes = [(route.pattern, route) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
        """The route and the values in its path; None where nothing answers."""
        for pattern, route in self._routes:
            if route.method == method and (found := pattern.fullmatch(path)):
                return route, found.groupdict()
        return None, {}
