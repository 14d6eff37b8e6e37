"""The gallery's things: cards, tables, facts, banners, badges, dialogs, empty places."""

import reflex as rx

from portal.web.components.badges import badge
from portal.web.components.banners import banner
from portal.web.components.buttons import button
from portal.web.components.connection import connection_notice
from portal.web.components.dialogs import dialog, dialog_closer
from portal.web.components.disclosures import disclosure
from portal.web.components.empty import empty_state
from portal.web.components.facts import fact, fact_list
from portal.web.components.layout import cluster, number, paragraph, stack
from portal.web.components.links import link
from portal.web.components.sections import attention, card
from portal.web.components.skeletons import skeleton
from portal.web.components.tables import data_table, table_cell, table_heading_cell, table_row
from portal.web.pages.gallery_people import Samples


def samples(*, long_name: str) -> Samples:
    """Title and components of each group."""
    return (
        ("Banners", (_banners(),)),
        ("Badges", (_badges(),)),
        ("Cards", (_cards(),)),
        ("Facts", (_facts(),)),
        ("Table", (_table(long_name), _empty_table())),
        ("Dialog", _dialog()),
        ("Disclosure", (_disclosures(),)),
        ("Empty places", (_empty(),)),
        ("On its way", (skeleton(), connection_notice(lost=True))),
    )


def _banners() -> rx.Component:
    return stack(
        banner("Your new e-mail works from now on.", title="E-mail changed", kind="fine"),
        banner(
            "SensorNordic has not confirmed the move of Storgata 4 yet.",
            title="The site moves on 1 December",
        ),
        banner(
            "Only one person can be reached at Storgata 4.",
            title="The call list is short",
            kind="warning",
            action=button("Add alarm contact", kind="quiet"),
        ),
        banner(
            "One click keeps it.",
            title="Your account is deleted on 6 December",
            kind="loss",
            action=button("Keep my account", kind="quiet"),
        ),
        gap="small",
    )


def _badges() -> rx.Component:
    return cluster(
        badge("No email"),
        badge("Invited", tone="waiting"),
        badge("Accepted", tone="fine"),
        badge("Paused", tone="needs-you"),
        badge("Mail returned", tone="loss"),
        badge("Odottaa hälytyskeskuksen vahvistusta", tone="waiting"),
    )


def _cards() -> rx.Component:
    return stack(
        attention(
            title="Only one person can be reached at Storgata 4",
            description="If Ola does not answer, nobody does.",
            action=button("Add a contact"),
            level=3,
        ),
        card(
            paragraph("Storgata 4, 0155 Oslo", quiet=True),
            link("Ask to move this site", href="#cards"),
            title="Bakery",
            action=badge("Monitored", tone="fine"),
        ),
        gap="small",
    )


def _facts() -> rx.Component:
    return fact_list(
        fact(term="Customer number", value=number("10042")),
        fact(
            term="Products",
            value="Intrusion and fire",
            note="Prices are adjusted by product, length of contract and customer relationship. "
            "No decision about you is fully automated.",
        ),
        fact(term="Contract end", value="Not given"),
    )


def _table(long_name: str) -> rx.Component:
    return data_table(
        table_row(
            table_heading_cell("Kari Nordli"),
            table_cell("Owner", column="Role"),
            table_cell("22 November 2026", column="Last seen", numeric=True),
            table_cell(badge("Active", tone="fine"), column="State"),
        ),
        table_row(
            table_heading_cell(long_name),
            table_cell("Colleague", column="Role"),
            table_cell("Never", column="Last seen", numeric=True),
            table_cell(badge("Invited", tone="waiting"), column="State"),
        ),
        caption="Team",
        columns=("Name", "Role", "Last seen", "State"),
    )


def _empty_table() -> rx.Component:
    return empty_state(
        title="Nobody has looked",
        description="When somebody at SensorNordic looks at your data, it stands here.",
        scene="letter",
    )


def _dialog() -> tuple[rx.Component, ...]:
    return (
        button("Remove Ola Berg", kind="quiet", opens="sample-dialog"),
        dialog(
            paragraph("Ola is no longer called when the alarm sounds. Two people remain."),
            id="sample-dialog",
            title="Remove Ola Berg from Storgata 4?",
            actions=(
                dialog_closer("Keep", dialog="sample-dialog"),
                button("Remove", kind="dangerous"),
            ),
        ),
    )


def _disclosures() -> rx.Component:
    return rx.fragment(
        disclosure(paragraph("From you, when you signed the contract."), summary="Where from?"),
        disclosure(
            paragraph("The people who answer alarms see name, phone, role and place in the list."),
            summary="Who sees this?",
            opened=True,
        ),
    )


def _empty() -> rx.Component:
    return empty_state(
        title="Everything is in order",
        description="Somebody answers at each of your sites. Nothing needs you today.",
        scene="calm",
    )
