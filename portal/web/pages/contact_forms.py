"""The forms of the call list: adding a contact, editing one, taking one along to another site."""

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from portal.contacts.models import ContactRole
from portal.settings import get_settings
from portal.web.components.choices import Choice, checkbox, choice_list
from portal.web.components.field import field, select
from portal.web.components.layout import columns
from portal.web.components.night import night_preview
from portal.web.contact_words import KEY_AT_NIGHT, at_night, role_choices
from portal.web.form_state import FormState
from portal.web.locale import LANGUAGE_NAMES, _, current_locale


def told_words() -> str:
    """What the member confirms, in the language of the page; kept as it was said."""
    return _("I have told this person that {company} will use their data for this").format(
        company=get_settings().company_name
    )


def person_fields(
    state: type[FormState], *, suffix: str = "", person: ObjectVar[Any] | None = None
) -> list[rx.Component]:
    """Who it is and how to reach them. `suffix` keeps the names of two forms on a page apart."""
    has_account: Any = person["has_account"] if person is not None else False

    def text(name: str, label: str, **options: Any) -> rx.Component:
        return field(
            name=f"{name}{suffix}",
            label=label,
            value=person[name] if person is not None else "",
            message=state.messages.get(f"{name}{suffix}", ""),
            **options,
        )

    return [
        text("name", _("Name")),
        columns(
            text("phone", _("Phone"), kind="tel", hint=_("The number that we call at night.")),
            text(
                "email",
                _("Email"),
                kind="email",
                hint=_("There they can say yes or no."),
                optional=_("recommended"),
                read_only=has_account,
            ),
        ),
        columns(
            select(
                name=f"locale{suffix}",
                label=_("Language"),
                options=list(LANGUAGE_NAMES.items()),
                value=person["locale"] if person is not None else current_locale(),
                hint=_("In which we speak and write to them."),
                message=state.messages.get(f"locale{suffix}", ""),
            ),
            text(
                "relation",
                _("Who they are to you"),
                hint=_("Neighbour, sister, caretaker …"),
                optional=_("optional"),
            ),
        ),
    ]


def role_fields(
    state: type[FormState], *, suffix: str = "", person: ObjectVar[Any] | None = None
) -> list[rx.Component]:
    """What the person may do, with its preview, the key, and from when until when."""

    def day(name: str, label: str) -> rx.Component:
        return field(
            name=f"{name}{suffix}",
            label=label,
            kind="date",
            short=True,
            optional=_("optional"),
            value=person[name] if person is not None else "",
            message=state.messages.get(f"{name}{suffix}", ""),
        )

    return [
        choice_list(
            name=f"role{suffix}",
            legend=_("Role"),
            choices=[Choice(role.value, words) for role, words in role_choices()],
            chosen=person["role"] if person is not None else "",
            message=state.messages.get(f"role{suffix}", ""),
        ),
        checkbox(
            name=f"key_holder{suffix}",
            label=_("Has a key to the site"),
            checked=person["key_holder"] if person is not None else False,
            value="key",
        ),
        *[
            night_preview(
                role=role.value,
                title=_("At three in the morning, this person"),
                sentences=at_night(role),
                key=_(KEY_AT_NIGHT),
            )
            for role in ContactRole
        ],
        columns(day("valid_from", _("Call from")), day("valid_until", _("Call until"))),
    ]


def told_field(state: type[FormState], *, name: str = "told") -> rx.Component:
    """The confirmation that the person knows; kept as proof."""
    return checkbox(
        name=name,
        label=told_words(),
        hint=_("We keep your confirmation. They also get a mail that explains everything."),
        message=state.messages.get(name, ""),
    )


def same_phone_field(*, shown: rx.Var[bool]) -> rx.Component:
    """Offered once the number turned out to be another contact's."""
    return rx.cond(
        shown,
        checkbox(name="same_phone", label=_("This is another person with the same number")),
    )
