"""Deletions in words, for the page that shows those that wait, and for documents."""

from portal.privacy.deletions import Waiting
from portal.privacy.models import Scope
from portal.web.locale import N_, _, format_day_of

_WAITING: dict[Scope, str] = {
    Scope.MEMBERSHIP: N_("You leave {customer} on {day}."),
    Scope.ACCOUNT: N_("Your whole account will be deleted on {day}."),
    Scope.CUSTOMER: N_("The account of {customer} will be closed on {day}."),
}
_SCOPES: dict[Scope, str] = {
    Scope.MEMBERSHIP: N_("One person's part in a customer's team"),
    Scope.ACCOUNT: N_("One person's whole account"),
    Scope.CUSTOMER: N_("A customer's account"),
}


def deletion_words(waiting: Waiting) -> str:
    """What will happen, and on which day."""
    day = format_day_of(waiting.due_at)
    return _(_WAITING[waiting.scope]).format(customer=waiting.customer, day=day)


def scope_words(scope: Scope) -> str:
    """How much was deleted, without saying whose it was."""
    return _(_SCOPES[scope])
