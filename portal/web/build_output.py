"""What the build made, read once per process and answered from memory.

Only files in this index exist for the server: no path from a request ever meets the file system,
so no spelling of an address can reach a file beside it.
"""

import json
import mimetypes
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from portal.web.locale import LOCALES
from portal.web.site_map import PAGES, SITE_FILE, TEMPLATES

ENCODINGS = {"br": ".br", "gzip": ".gz"}
NEVER_CHANGING = ("/assets/", "/fonts/")  # named by hash; a changed font gets a new name
IMMUTABLE = "public, max-age=31536000, immutable"


def build_folder() -> Path:
    return Path(os.environ.get("REFLEX_WEB_WORKDIR", ".web")) / "build"


def static_folder() -> Path:
    return build_folder() / "client"


def templates_folder() -> Path:
    return build_folder() / TEMPLATES


@dataclass(frozen=True)
class StaticFile:
    """A built file in every encoding that the build made of it."""

    body: bytes
    encoded: dict[str, bytes]
    media_type: str
    cache: str

    def best_for(self, accept_encoding: str) -> tuple[str, bytes]:
        """The smallest form that the browser takes: (content encoding or empty, body)."""
        for encoding, body in self.encoded.items():
            if encoding in accept_encoding:
                return encoding, body
        return "", self.body


def _read(path: Path, media_type: str, cache: str) -> StaticFile:
    encoded = {
        encoding: compressed.read_bytes()
        for encoding, suffix in ENCODINGS.items()
        if (compressed := path.with_name(path.name + suffix)).exists()
    }
    return StaticFile(path.read_bytes(), encoded, media_type, cache)


@lru_cache
def static_files() -> dict[str, StaticFile]:
    """Scripts, styles, fonts and icons by path. Those that never change are kept for a year."""
    root = static_folder()
    files: dict[str, StaticFile] = {}
    for path in root.rglob("*"):
        if not path.is_file() or path.suffix in {".html", *ENCODINGS.values()}:
            continue
        address = f"/{path.relative_to(root).as_posix()}"
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        cache = IMMUTABLE if address.startswith(NEVER_CHANGING) else "public, max-age=3600"
        files[address] = _read(path, media_type, cache)
    return files


@lru_cache
def page_files() -> dict[str, StaticFile]:
    """The prerendered HTML of each page by its canonical path, such as `/en/company`."""
    return {
        f"/{locale}/{page.path}": _read(
            static_folder() / locale / page.path / "index.html",
            "text/html; charset=utf-8",
            "no-store",
        )
        for locale in LOCALES
        for page in PAGES
    }


@lru_cache
def page_policies() -> dict[str, str]:
    """The content security policy of each page: its own inline scripts, by hash, and no others."""
    hashes = json.loads((build_folder() / SITE_FILE).read_text(encoding="utf-8"))
    return {
        f"/{path}": (
            f"default-src 'none'; script-src 'self' {' '.join(scripts)}; "
            "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        for path, scripts in hashes.items()
    }
