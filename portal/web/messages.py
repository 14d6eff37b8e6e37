"""What people read when something is refused: a sentence for each error's code.

The sentences say what to do, and never blame. `{name}` is filled from the error's details.
"""

from portal.errors import PortalError
from portal.web.locale import N_, _

SENTENCES: dict[str, str] = {
    "refused": N_("That did not work. Nothing has changed."),
    "not-found": N_("That is no longer here. Load the page again."),
    "not-allowed": N_("Your role does not allow this. Ask an owner."),
    "changed-meanwhile": N_("Somebody else has changed this while you were here."),
    "recent-sign-in-required": N_("Enter your password once more first."),
    "too-many-attempts": N_("Too many attempts. Try again in a while."),
    "too-busy": N_("Many people are signing in right now. Try again in a moment."),
    "sign-in-refused": N_("The email and the password do not belong together. Check both."),
    "password-wrong": N_("That is not your present password."),
}


def explain(error: PortalError) -> str:
    """The sentence for an error, in the reader's language."""
    sentence = SENTENCES.get(error.code, SENTENCES["refused"])
    return _(sentence).format(**error.details)
