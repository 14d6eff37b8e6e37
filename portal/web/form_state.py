"""What every reactive form needs: which fields are wrong and why, and what was saved."""

from collections.abc import Iterable
from typing import TypedDict

import reflex as rx

from portal.errors import InvalidFieldsError, PortalError
from portal.web.messages import explain


class WrongField(TypedDict):
    """One line of the error summary."""

    field: str
    text: str


class FormState(rx.State, mixin=True):
    """Mixin for page states with forms.

    `messages` holds the words beside each field, `errors` the lines of the summary of the form
    named in `wrong_form`; `saved` names the form that was saved last.

    `revisions` is each form's key: it grows when that form was saved, so that what the server
    kept replaces what stands in its fields. Every other form keeps what was typed. `refusals`
    grows with every refusal: the same list of errors twice would be no news to the browser.
    """

    messages: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    errors: rx.Field[list[WrongField]] = rx.field(default_factory=list)
    wrong_form: rx.Field[str] = rx.field("")
    saved: rx.Field[str] = rx.field("")
    notice: rx.Field[str] = rx.field("")
    revisions: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    refusals: rx.Field[int] = rx.field(0)

    def _begin(self) -> None:
        self.errors, self.messages = [], {}
        self.wrong_form = self.saved = self.notice = ""

    def _refuse(self, form: str, error: PortalError) -> None:
        """Show what is wrong, in a summary that takes the focus each time."""
        self.wrong_form = form
        self.errors = wrong_fields(error)
        self.messages = {wrong["field"]: wrong["text"] for wrong in self.errors}
        self.refusals += 1

    def _accept(self, form: str) -> None:
        self._begin()
        self.saved = form
        self._fill(form)

    def _fill(self, *forms: str) -> None:
        """Fill the fields of these forms anew. Browsers put back what stood in them before a
        reload, and somebody may have changed it meanwhile.
        """
        for form in forms:
            self.revisions[form] = self.revisions.get(form, 0) + 1

    @classmethod
    def key_of(cls, form: str | rx.Var[str]) -> rx.Var[str]:
        """The key for a form's component."""
        return cls.revisions.get(form, 0).to_string()


def summary_id(form: str | rx.Var[str]) -> str:
    """The id of a form's error summary."""
    return f"{form}-errors"


def wrong_fields(error: PortalError) -> list[WrongField]:
    """The lines of an error summary, each with the id of the field that it leads to."""
    each: Iterable[tuple[str, PortalError]] = [(error.field, error)]
    if isinstance(error, InvalidFieldsError):
        each = error.fields.items()
    return [{"field": field, "text": explain(problem)} for field, problem in each]
