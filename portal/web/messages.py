"""What people read when something is refused: a sentence for each error's code.

The sentences say what to do, and never blame. `{name}` is filled from the error's details.
"""

from portal.errors import PortalError
from portal.web.locale import N_, _

SENTENCES: dict[str, str] = {
    # What can go wrong anywhere
    "refused": N_("That did not work. Nothing has changed."),
    "not-found": N_("That is no longer here. Load the page again."),
    "not-allowed": N_("Your role does not allow this. Ask an owner."),
    "changed-meanwhile": N_("Somebody else has changed this while you were here."),
    "recent-sign-in-required": N_("Enter your password once more first."),
    "too-many-attempts": N_("Too many attempts. Wait a while, then try again."),
    "too-busy": N_("Many people are signing in right now. Try again in a moment."),
    "text-too-long": N_("That is too long. There is room for {limit} characters."),
    # Signing in, passwords and addresses
    "sign-in-refused": N_("The email and the password do not belong together. Check both."),
    "password-wrong": N_("That is not your present password."),
    "password-too-short": N_("That is too short. Use at least {limit} characters."),
    "password-too-long": N_("That is too long. Use at most {limit} characters."),
    "password-too-common": N_("Many people use that password. Choose one of your own."),
    "password-too-easy": N_("That is easy to guess. Add a word or two that do not belong to it."),
    "email-no-at": N_("An email has an @ in it, such as kari@nordlys.example."),
    "email-unknown": N_("No mail can go to that address. Check it for typing errors."),
    "email-shared": N_("Several people read that mailbox. Use an address of your own."),
    "email-unchanged": N_("That is your present address."),
    "email-taken": N_("There is an account with that address already."),
    "name-required": N_("Enter a name."),
    "language-unknown": N_("Choose a language from the list."),
    "phone-characters": N_("A phone number has digits only, with a + in front if you like."),
    "phone-too-short": N_("That number has too few digits."),
    "phone-too-long": N_("That number has too many digits."),
    "phone-unknown": N_("There is no such phone number. Check the digits."),
    # Company details
    "address-required": N_("Enter the street and number."),
    "postal-code-required": N_("Enter the postal code."),
    "postal-code-digits": N_("A postal code has {digits} digits here."),
    "city-required": N_("Enter the city."),
    "country-required": N_("Choose a country from the list."),
    "country-unknown": N_("Choose a country from the list."),
    "organisation-number-required": N_("A company needs its organisation number."),
    "organisation-number-characters": N_("An organisation number has digits only."),
    "organisation-number-too-short": N_("That organisation number has too few digits."),
    "organisation-number-too-long": N_("That organisation number has too many digits."),
    "organisation-number-unknown": N_("There is no such organisation number. Check the digits."),
    "organisation-number-of-household": N_("A household has no organisation number."),
    "national-identity-number": N_(
        "That is a person's national identity number. Please do not send it to us; "
        "enter the organisation number."
    ),
    # Sites
    "site-name-required": N_("Give the site a name."),
    "moves-on-required": N_("Choose the day of the move."),
    "moves-on-past": N_("Choose tomorrow or a later day."),
    "moves-on-far": N_("Choose a day within the next year."),
    "same-address": N_("That is the address the site has now."),
    "move-already-requested": N_("There is a request already. Withdraw it first."),
}


def explain(error: PortalError) -> str:
    """The sentence for an error, in the reader's language."""
    sentence = SENTENCES.get(error.code, SENTENCES["refused"])
    return _(sentence).format(**error.details)
