"""The gallery's forms: fields, choices, buttons, and what is said about them."""

import reflex as rx

from portal.web.components.buttons import button, button_link, button_row
from portal.web.components.choices import Choice, checkbox, choice_list
from portal.web.components.errors import error_link, error_summary
from portal.web.components.field import field, select, text_area
from portal.web.components.forms import form_actions, form_group, native_form
from portal.web.components.layout import columns, stack
from portal.web.components.status import status_line
from portal.web.components.switches import switch_cell, switch_group
from portal.web.pages.gallery_people import Samples


def samples() -> Samples:
    """Title and components of each group."""
    return (
        ("Buttons", (_buttons(),)),
        ("Form", (_form(),)),
        ("Fields", (_fields(),)),
        ("Choices", (_choices(),)),
        ("Switches", (_switches(),)),
        (
            "Status",
            (
                stack(
                    status_line("Saved"),
                    status_line("Saved. Waiting for the monitoring station.", tone="waiting"),
                    status_line("Not saved. Tor Lie changed the phone a moment ago.", tone="loss"),
                    gap="small",
                ),
            ),
        ),
    )


def _buttons() -> rx.Component:
    return stack(
        button_row(
            button("Save changes"),
            button("Cancel", kind="quiet"),
            button("Delete permanently", kind="dangerous"),
            button_link("Download my data", href="#buttons", kind="quiet", icon="download"),
        ),
        button_row(
            button("Save changes", busy=True, busy_label="Saving"),
            button("Download", kind="quiet", busy=True, busy_label="Preparing"),
            button("Delete", kind="dangerous", busy=True, busy_label="Deleting"),
        ),
        button_row(
            button("Save changes", disabled=True),
            button("Cancel", kind="quiet", disabled=True),
            button("Delete permanently", kind="dangerous", disabled=True),
        ),
        button_row(button("Accept invitation"), button("Decline", kind="quiet"), equal=True),
        button("Vahvista hälytysyhteyshenkilön yhteystietojen muutos ja lähetä ilmoitus"),
    )


def _form() -> rx.Component:
    return native_form(
        error_summary(
            error_link(field="wrong-phone", message="That number has too few digits"),
            error_link(field="wrong-city", message="Write the city"),
            title="Two things to put right",
        ),
        form_group(
            field(
                name="phone",
                id="wrong-phone",
                kind="tel",
                label="Phone",
                hint="We call it only when we cannot reach you otherwise.",
                value="22 33",
                message="That number has too few digits",
                autocomplete="tel",
            ),
            columns(
                field(name="postal_code", label="Postal code", value="0155", short=True),
                field(name="city", id="wrong-city", label="City", message="Write the city"),
            ),
            legend="How to reach you",
        ),
        form_actions(button("Save changes", submits=True), button("Cancel", kind="quiet")),
        action="#form",
    )


def _fields() -> rx.Component:
    return stack(
        field(name="sample-empty", label="Email", kind="email", optional="(optional)"),
        field(name="sample-filled", label="Company name", value="Nordlys Bakeri AS"),
        field(name="sample-readonly", label="Customer number", value="10042", read_only=True),
        field(name="sample-disabled", label="Contract end", value="Not given", disabled=True),
        field(
            name="sample-long",
            label="Hälytysyhteyshenkilön ensisijainen matkapuhelinnumero maatunnuksineen",
            hint="Kirjoita numero maatunnuksella, esimerkiksi +358 40 123 4567, jotta "
            "hälytyskeskus tavoittaa henkilön myös ulkomailta.",
            kind="tel",
        ),
        select(
            name="sample-select",
            label="Country",
            options=(("NO", "Norway"), ("SE", "Sweden"), ("DK", "Denmark"), ("FI", "Finland")),
            value="SE",
        ),
        text_area(
            name="sample-area",
            label="Reason",
            hint="Do not write anything about health.",
            value="Kari cannot find the invoice of October.",
        ),
    )


def _choices() -> rx.Component:
    return stack(
        choice_list(
            name="role",
            legend="Role",
            chosen="decides",
            choices=(
                Choice(
                    "decides", "May decide during an alarm", "Can ask for a guard or the police."
                ),
                Choice("cancels", "May only cancel a false alarm"),
                Choice("none", "Not available here", disabled=True),
            ),
        ),
        choice_list(
            name="sites",
            legend="Sites",
            several=True,
            chosen=("1",),
            message="Choose at least one site",
            choices=(Choice("1", "Storgata 4"), Choice("2", "Havnegata 12")),
        ),
        checkbox(
            name="told",
            label="I have told this person that SensorNordic will use their data for this",
            hint="They get one mail that says who named them, what is kept and how to say no.",
        ),
    )


def _switches() -> rx.Component:
    return rx.fragment(
        switch_group(
            switch_cell(
                name="offers-email",
                label="Offers by email",
                basis="Existing customer relation",
                source="You turned this off on 2 May 2026",
            ),
            switch_cell(
                name="offers-sms",
                label="Offers by SMS",
                basis="Only with your consent",
                source="You turned this on when you signed up",
                on=True,
            ),
            title="Offers",
            description="New products and prices.",
        ),
        switch_group(
            switch_cell(name="status-email", label="Status reports by email", on=True),
            switch_cell(name="status-sms", label="Status reports by SMS", disabled=True),
            title="Status reports",
        ),
    )
