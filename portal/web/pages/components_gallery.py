"""`/dev/components`: every component in every state, for eyes, screenshots and axe."""

import reflex as rx

from portal.web.components.banners import banner
from portal.web.components.frame import portal_frame
from portal.web.components.layout import stack
from portal.web.components.menus import account_menu, acting_for_menu, menu_form, menu_link
from portal.web.components.navigation import Destination
from portal.web.components.sections import page_heading, section
from portal.web.page import Document
from portal.web.pages import gallery_forms, gallery_people, gallery_things

LONG_NAME = "Kristoffer-Alexander Bjørnstjerne Wedel-Jarlsberg Håkonssønn"


def components_gallery() -> rx.Component:
    """The page; it needs no State and is registered in development only."""
    return portal_frame(
        page_heading(
            title="Components",
            lead="Everything that has a look, in every state. Change the theme of your system, "
            "the width of the window and the size of the text.",
        ),
        stack(
            *[
                section(*samples, title=title, id=title.lower().replace(" ", "-"))
                for title, samples in (
                    *gallery_people.samples(long_name=LONG_NAME),
                    *gallery_forms.samples(),
                    *gallery_things.samples(long_name=LONG_NAME),
                )
            ],
            gap="large",
        ),
        company_name="SensorNordic",
        current="overview",
        path="overview",
        destinations=_destinations(),
        acting_for=acting_for_menu(
            menu_form(label="Nordlys Bakeri AS", action="#", current=True),
            menu_form(label="Holm Rør ENK", action="#"),
            customer="Nordlys Bakeri AS",
        ),
        account=account_menu(
            menu_link("Account", href="/en/account/", inside=True),
            name="Kari Nordli",
            email="kari@nordlys.example",
        ),
        notices=(
            banner(
                "Siri from SensorNordic sees what you see until 14:20. Case 48113.",
                title="Support session",
                kind="support",
            ),
        ),
        connection_lost=False,
    )


def _destinations() -> tuple[Destination, ...]:
    return (
        Destination("overview", "Overview", "overview"),
        Destination("company", "Company", "company"),
        Destination("contacts", "Alarm contacts", "contacts"),
        Destination("data", "Your data", "data"),
        Destination("team", "Team", "team", later=True),
        Destination("account", "Account", "account", later=True),
    )


DOCUMENT = Document("dev/components", "Components", components_gallery)
