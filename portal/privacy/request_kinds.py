"""The rights that somebody can use, what each is called, and for whom it exists.

Rights follow the legal basis: whoever is an alarm contact only gets no marketing, stands in no
price category, and has given nothing by contract that could be taken along (GDPR article 20).
"""

from portal.actor import Actor
from portal.languages import N_, _
from portal.privacy.models import RequestKind

_NAMES: dict[RequestKind, str] = {
    RequestKind.ACCESS: N_("A copy of the data"),
    RequestKind.RECTIFY: N_("Correction"),
    RequestKind.ERASE: N_("Deletion"),
    RequestKind.RESTRICT: N_("Restriction"),
    RequestKind.PORTABILITY: N_("Data to take along"),
    RequestKind.OBJECT_PRICES: N_("Objection to price categories"),
    RequestKind.OBJECT_OTHER: N_("Objection"),
    RequestKind.OTHER: N_("Something else"),
}
OBJECT_TO_SURVEYS = N_("Send me no surveys")
_OF_MEMBERS = frozenset({RequestKind.PORTABILITY, RequestKind.OBJECT_PRICES})
# Without words nobody could carry these out.
NEEDS_WORDS = frozenset({RequestKind.RECTIFY, RequestKind.OBJECT_OTHER, RequestKind.OTHER})


def kind_name(kind: RequestKind) -> str:
    """What this right is called, in the current language."""
    return _(_NAMES[kind])


def open_to(actor: Actor) -> tuple[RequestKind, ...]:
    """What this person can ask for."""
    return tuple(kind for kind in RequestKind if actor.role or kind not in _OF_MEMBERS)
