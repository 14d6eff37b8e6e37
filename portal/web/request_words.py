"""What data requests are called where people choose one, and what each of them asks for."""

from dataclasses import dataclass

from portal.privacy.models import RequestKind
from portal.web.components.choices import Choice
from portal.web.locale import N_, _


@dataclass(frozen=True)
class Words:
    """`choice` and `hint` where a right is chosen; `question` above the field for the reader's own
    words. Translated by `_` where they are shown.
    """

    choice: str
    hint: str
    question: str


WORDS: dict[RequestKind, Words] = {
    RequestKind.RECTIFY: Words(
        N_("Correct something"),
        N_("Something that we know about you is wrong, or missing."),
        N_("What is wrong, and how is it right?"),
    ),
    RequestKind.ACCESS: Words(
        N_("Show me what you have"),
        N_("A copy of your data, and what we use them for."),
        N_("What would you like to know?"),
    ),
    RequestKind.ERASE: Words(
        N_("Delete something"),
        N_("We delete it, or tell you why we must keep it and until when."),
        N_("What shall we delete?"),
    ),
    RequestKind.RESTRICT: Words(
        N_("Only keep my data for now"),
        N_("We use them for nothing that can wait until a question is settled. Alarms go on."),
        N_("Why shall we only keep them?"),
    ),
    RequestKind.PORTABILITY: Words(
        N_("Give me my data to take along"),
        N_("What you gave us, in files that another company can read."),
        N_("Which data, and to whom?"),
    ),
    RequestKind.OBJECT_PRICES: Words(
        N_("Object to price categories"),
        N_("We shall not use your category for price adjustments."),
        N_("What should we take into account?"),
    ),
    RequestKind.OBJECT_OTHER: Words(
        N_("Object to something else"),
        N_("A use of your data that rests on our own interest, such as customer service."),
        N_("Which use do you object to, and why?"),
    ),
    RequestKind.OTHER: Words(
        N_("Something else"),
        N_("Any other question about your data."),
        N_("What is it about?"),
    ),
}


def choice_of(kind: RequestKind) -> Choice:
    """The kind as one of the choices of a form."""
    words = WORDS[kind]
    return Choice(kind.value, _(words.choice), _(words.hint))
