"""Arrangement without a look of its own: what stands below, beside or apart from what."""

from typing import Literal

import reflex as rx

from portal.web.components.props import Text, Value

Gap = Literal["small", "medium", "large"]


def stack(*children: Text, gap: Gap = "medium") -> rx.Component:
    """Children below each other."""
    return rx.el.div(*children, class_name=f"stack stack--{gap}")


def cluster(*children: Text) -> rx.Component:
    """Children beside each other, wrapping where there is no room."""
    return rx.el.div(*children, class_name="cluster")


def columns(*children: Text) -> rx.Component:
    """Two equal columns where there is room, one on a phone."""
    return rx.el.div(*children, class_name="columns")


def paragraph(*words: Text, quiet: bool = False) -> rx.Component:
    """A paragraph of running text, at most 70 characters wide."""
    return rx.el.p(*words, class_name="paragraph paragraph--quiet" if quiet else "paragraph")


def prose(*children: Text) -> rx.Component:
    """A longer text with headings, lists and tables: notices, help."""
    return rx.el.div(*children, class_name="prose")


def unprinted(*children: Text) -> rx.Component:
    """What is for the screen alone, beside something that is printed."""
    return rx.el.div(*children, class_name="unprinted stack stack--medium")


def number(value: Text) -> rx.Component:
    """A telephone or other number that must not break and whose digits align."""
    return rx.el.span(value, class_name="number")


def verbatim(words: Text) -> rx.Component:
    """Text exactly as it was written, line by line."""
    return rx.el.pre(words, class_name="verbatim")


def hidden_words(*words: Text) -> rx.Component:
    """Words for those who hear the page; not shown."""
    return rx.el.span(*words, class_name="hidden-words")


def moment(words: Text, *, iso: Value) -> rx.Component:
    """A point in time, in the reader's words, with the exact one for machines."""
    return rx.el.time(words, date_time=iso, class_name="moment")
