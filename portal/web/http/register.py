"""The register of processing as a file, for support leads."""

import asyncio

from starlette.responses import Response

from portal import register
from portal.web.http.visit import Visit

_TYPES = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


async def download_register(visit: Visit) -> Response:
    """The register in one of its formats."""
    name = visit.request.path_params["format"]
    return Response(
        await asyncio.to_thread(register.FORMATS[name]),
        media_type=_TYPES[name],
        headers={"Content-Disposition": f'attachment; filename="register-of-processing.{name}"'},
    )
