"""The headers that every answer carries."""

from portal.settings import get_settings

_ALWAYS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: under it Chromium sends `Origin: null` on our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), "
        "browsing-topics=()"
    ),
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def standing_headers() -> dict[str, str]:
    """What an answer carries unless it says otherwise itself."""
    if get_settings().secure:
        return {**_ALWAYS, "Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
    return _ALWAYS
