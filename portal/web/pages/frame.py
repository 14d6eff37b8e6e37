"""What every signed-in page stands in."""

import reflex as rx
from reflex.vars import ObjectVar

from portal.settings import get_settings
from portal.web.components.banners import banner
from portal.web.components.departure import departure
from portal.web.components.forms import hidden_field
from portal.web.components.frame import portal_frame
from portal.web.components.menus import account_menu, acting_for_menu, menu_form, menu_link
from portal.web.components.navigation import Destination
from portal.web.components.props import Flag
from portal.web.frame_state import CustomerChoice, FrameState
from portal.web.locale import _, current_locale


def signed_in_page(*children: rx.Component | str, current: str) -> rx.Component:
    """A page with navigation, customer, account and language menus. `current` is its path."""
    locale = current_locale()
    return rx.fragment(
        departure(leave_to=FrameState.leave_to, sign_in=f"/{locale}/sign-in"),
        portal_frame(
            *children,
            company_name=get_settings().company_name,
            current=current,
            notices=(
                rx.cond(
                    FrameState.failed,
                    banner(
                        _("Nothing you saved before is lost. Try again in a moment."),
                        title=_("Something went wrong on our side"),
                        kind="loss",
                    ),
                ),
            ),
            destinations=_destinations(),
            acting_for=_acting_for(),
            account=account_menu(
                menu_link(_("Account"), href=f"/{locale}/account", inside=True),
                name=FrameState.person,
            ),
        ),
    )


def _destinations() -> tuple[Destination, ...]:
    """Everything there is; each reader is shown what is for them. A phone's bar holds five."""
    a_member = FrameState.destinations.contains("overview")
    a_lead = FrameState.destinations.contains("support/requests")
    return (
        _destination("overview", _("Overview")),
        _destination("company", _("Company")),
        _destination("contacts", _("Alarm contacts")),
        _destination("team", _("Team"), later=True),
        _destination("preferences", _("Marketing"), icon="marketing", later=True),
        _destination("my-alarms", _("My alarms"), icon="phone"),
        _destination("data", _("Your data"), later=a_member),
        _destination("support/call-lists", _("Call lists"), icon="support"),
        _destination("support/requests", _("Requests"), icon="data"),
        _destination("support/opt-outs", _("Opt-outs"), icon="marketing", later=a_lead),
        _destination("support/register", _("Register"), icon="data", later=a_lead),
        _destination("account", _("Account"), later=a_member | a_lead),
    )


def _destination(name: str, label: str, *, icon: str = "", later: Flag = False) -> Destination:
    return Destination(
        name, label, icon or name, later=later, shown=FrameState.destinations.contains(name)
    )


def _acting_for() -> rx.Component:
    """The customer's name; a menu for whoever acts for several."""
    return rx.cond(
        FrameState.customers.length() > 1,
        acting_for_menu(
            rx.foreach(FrameState.customers, _choice),
            customer=FrameState.customer,
        ),
        rx.el.span(FrameState.customer),
    )


def _choice(customer: ObjectVar[CustomerChoice]) -> rx.Component:
    """Choosing is a native form: another customer means a fresh page."""
    return menu_form(
        hidden_field(name="locale", value=current_locale()),
        hidden_field(name="customer", value=customer["id"]),
        label=customer["name"],
        action="/auth/acting-for",
        current=customer["id"] == FrameState.customer_id,
    )
