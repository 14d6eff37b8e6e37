"""The few pictograms, drawn for this portal: strokes of one weight on a grid of 24."""

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

SHAPES = {
    "overview": "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9M12 19v-4.5",
    "company": "M5 20V5.5l8-2V20M13 9.5l6 2V20M3.5 20h17M8.5 9h1.5M8.5 12.5h1.5M8.5 16h1.5",
    "team": "M9 11.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M3 19.5c.5-3.4 2.9-5 6-5s5.5 1.6"
    " 6 5M15.5 5.4a3 3 0 0 1 0 5.8M17.5 14.8c2 .6 3.2 2.2 3.5 4.7",
    "contacts": "M12 3v4.5M12 13v3.5M12 21v-.5M12 13a2.75 2.75 0 1 0 0-5.5 2.75 2.75"
    " 0 0 0 0 5.5M12 20.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
    "marketing": "M4 10.5v3.5h3.5l8.5 4.5v-12.5l-8.5 4.5zM8 14.5l1.5 5M19 10.2c.9 1.2.9 2.8 0 4",
    "data": "M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 12h6M9 16h6",
    "account": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5c.7-4 3.6-6 7.5-6s6.8 2 7.5 6",
    "support": "M4.5 14v-2a7.5 7.5 0 0 1 15 0v2M4.5 13h3v5.5h-3zM16.5 13h3v5.5h-3zM18"
    " 18.5c0 1.5-1.5 2.5-4 2.5",
    "more": "M5.5 12h.5M11.75 12h.5M18 12h.5",
    "language": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M3.5 12h17M12 3.5c2.5"
    " 2.5 3.5 5.5 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.5-3.5-8.5s1-6 3.5-8.5",
    "check": "m5 12.5 4.5 4.5L19 7.5",
    "close": "M6.5 6.5l11 11M17.5 6.5l-11 11",
    "warning": "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3h.01",
    "information": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 11v5.5M12 7.7h.01",
    "down": "m6 9.5 6 6 6-6",
    "move-up": "M12 19V5.5M6 11l6-6 6 6",
    "move-down": "M12 5v13.5M6 13l6 6 6-6",
    "forward": "M5 12h13.5M13 6l6 6-6 6",
    "plus": "M12 5v14M5 12h14",
    "edit": "M4.5 19.5l.8-4L16 4.8l3.2 3.2L8.5 18.7zM13.8 7l3.2 3.2",
    "remove": "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5",
    "phone": "M6.5 4h3l1.5 4.5-2 1.5c1 2.2 2.8 4 5 5l1.5-2 4.5 1.5v3c0 1-.8 1.8-1.8"
    " 1.8C11 19.3 4.7 13 4.7 5.8 4.7 4.8 5.5 4 6.5 4",
    "key": "M8 15.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 11.5h8.5V15M16.5 11.5v2.5",
    "computer": "M5 5.5h14v10H5zM3 19h18",
    "mobile": "M8 3.5h8v17H8zM11 17.5h2",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
    "wait": "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 7.5V12l3 2.5",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.3 15.3 20 20",
    "download": "M12 4v11M7 10.5l5 5 5-5M5 20h14",
}


class Drawing(BaseHTML):
    """A plain `svg` element; Reflex's own becomes a separate component each time it is used."""

    tag = "svg"
    view_box: rx.Var[str]


def icon(name: str) -> rx.Component:
    """The pictogram of that name. It is decoration: the words beside it carry the meaning."""
    return Drawing.create(
        rx.el.path(d=SHAPES[name]),
        view_box="0 0 24 24",
        class_name="icon",
        aria_hidden="true",
    )
