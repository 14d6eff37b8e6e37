"""Privacy notices: a long text with its contents beside it, and two versions compared."""

import reflex as rx

from portal.web.components.layout import hidden_words
from portal.web.components.links import anchor
from portal.web.components.props import Text, Value
from portal.web.locale import _


def notice(*body: Text, contents: rx.Component) -> rx.Component:
    """The text, with its table of contents above it, or beside it where there is room."""
    return rx.el.div(
        contents,
        rx.el.div(*body, class_name="notice__text"),
        class_name="notice",
    )


def contents(*entries: Text) -> rx.Component:
    """The table of contents: the parts on a thread."""
    return rx.el.nav(
        rx.el.h2(_("Contents"), id="contents-title", class_name="contents__title"),
        rx.el.ol(*entries, class_name="contents__list"),
        aria_labelledby="contents-title",
        class_name="contents unprinted",
    )


def contents_entry(words: Text, *, href: Value) -> rx.Component:
    return rx.el.li(anchor(words, href=href, class_name="contents__link"))


def notice_part(*children: Text, title: Text, id: Value) -> rx.Component:
    """One part of the text, to which the contents lead."""
    return rx.el.section(
        rx.el.h2(title, id=id, class_name="section__title"),
        *children,
        class_name="prose notice__part",
    )


def lines(*each: Text) -> rx.Component:
    """Several things in one cell of a table, a line each."""
    return rx.el.ul(*each, class_name="notice__lines")


def version_entry(*children: Text, title: Text, held: Text) -> rx.Component:
    """One version in the list of all of them."""
    return rx.el.li(
        rx.el.h3(title, class_name="versions__title"),
        rx.el.p(held, class_name="versions__held"),
        *children,
        class_name="versions__entry",
    )


def versions(*entries: Text) -> rx.Component:
    """Every version, the newest first, on a thread."""
    return rx.el.ol(*entries, class_name="versions")


def removed(words: Text) -> rx.Component:
    """Words that an earlier version had; said so to those who hear the page."""
    return rx.el.del_(
        hidden_words("[", _("removed:"), " "),
        words,
        hidden_words("]", " "),
        class_name="comparison__removed",
    )


def added(words: Text) -> rx.Component:
    """Words that a later version has; said so to those who hear the page."""
    return rx.el.ins(
        hidden_words("[", _("added:"), " "),
        words,
        hidden_words("]", " "),
        class_name="comparison__added",
    )


def comparison(*lines: Text) -> rx.Component:
    """The lines of two versions, one text."""
    return rx.el.div(*lines, class_name="comparison")


def compared_heading(*pieces: Text) -> rx.Component:
    return rx.el.h2(*pieces, class_name="comparison__heading")


def compared_paragraph(*pieces: Text) -> rx.Component:
    return rx.el.p(*pieces)


def compared_point(*pieces: Text) -> rx.Component:
    return rx.el.p(*pieces, class_name="comparison__point")


def unchanged(words: Text) -> rx.Component:
    """Stands for lines that are the same in both versions."""
    return rx.el.p(words, class_name="comparison__unchanged")
