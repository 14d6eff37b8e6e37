"""A browser in words, such as `Firefox, Windows`, for the list of devices and for mail.

Nothing is decided by it. A library would bring several thousand patterns that change every month,
to tell apart what people do not: they know their phone from their laptop. The names are the same
in all languages, so no word stands between them.
"""

# The first match counts: nearly every browser also names those that it descends from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_MOBILE = frozenset({"iPhone", "iPad", "Android"})


def device_name(user_agent: str) -> str:
    """The browser and the system that a `User-Agent` header names; empty if it names neither."""
    found = (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))
    return ", ".join(name for name in found if name)


def is_mobile(name: str) -> bool:
    """Whether a device of this name is carried about."""
    return name.rpartition(", ")[2] in _MOBILE


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
