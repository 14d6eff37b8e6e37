"""Tables that become lists on a phone: each row a block, each cell with its column's name."""

from collections.abc import Sequence

import reflex as rx

from portal.web.components.props import Text, Value


def data_table(
    *rows: Text, caption: Text, columns: Sequence[str], caption_shown: bool = False
) -> rx.Component:
    """A table with a caption that names it. Give the rows as `table_row`, or a `foreach` of them.

    The roles are written out because browsers forget them when a table is laid out as a list.
    """
    return rx.el.table(
        rx.el.caption(caption, class_name="table__caption" if caption_shown else "hidden-words"),
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(each, scope="col", role="columnheader") for each in columns],
                role="row",
            ),
            role="rowgroup",
        ),
        rx.el.tbody(*rows, role="rowgroup"),
        role="table",
        class_name="table",
    )


def table_row(*cells: rx.Component) -> rx.Component:
    """One row."""
    return rx.el.tr(*cells, role="row")


def table_cell(*content: Text, column: Value, numeric: bool = False) -> rx.Component:
    """One cell; `column` is the name of its column, shown beside it on a phone."""
    return rx.el.td(
        rx.el.span(*content, class_name="table__content"),
        role="cell",
        data_column=column,
        class_name="table__cell number" if numeric else "table__cell",
    )


def table_heading_cell(*content: Text) -> rx.Component:
    """The cell that names its row."""
    return rx.el.th(*content, scope="row", role="rowheader", class_name="table__heading")
