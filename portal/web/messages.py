"""What people read when something is refused: a sentence for each error's code.

The sentences say what to do, and never blame. `{name}` is filled from the error's details.
"""

from datetime import date

from portal.errors import PortalError
from portal.web.locale import N_, _, format_day

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
    "phone-without-country": N_("Write the number with its country, such as +47."),
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
    # Alarm contacts
    "phone-required": N_("Enter a phone number: the one that we call at night."),
    "role-required": N_("Choose what this person may do."),
    "dates-reversed": N_("The last day is before the first one."),
    "told-required": N_("Tell the person first, then tick this. We keep your confirmation."),
    "phone-on-list": N_("{name} is on this list with that number already."),
    "phone-known": N_("{name} has that number, on the list of another of your sites."),
    "already-on-list": N_("That person is on this list already."),
    "list-full": N_("A list has room for {limit} people. Remove somebody first."),
    "last-contact": N_("Nobody else can be called there. Tick the box if you are sure."),
    "nothing-to-undo": N_("The list has changed since. There is nothing to undo any more."),
    "email-required": N_("Add an email first."),
    "email-of-account": N_("This person has an account and looks after that address themselves."),
    "code-word-short": N_("That is too short. Use at least {limit} letters."),
    "code-word-easy": N_("That is easy to guess. Do not take it from the name or the number."),
    # Invitations
    "already-invited": N_("There is an invitation already. It waits for an answer."),
    "already-reminded": N_("One reminder is all that a person gets."),
    "too-many-invitations": N_("{limit} invitations wait for an answer. Let some be answered."),
    "invitation-ended": N_("That invitation has been answered, or its time is over."),
    "invitation-barred": N_("This person said no. You can ask again from {day}."),
    "invitation-for-another-address": N_("The invitation is for another address than yours."),
    "invitation-for-staff": N_("Support staff cannot be customers or alarm contacts."),
    "site-required": N_("Say yes for at least one site, or decline."),
    "answer-required": N_("Say yes or no."),
    # The team
    "already-member": N_("{name} is in the team already, with that email."),
    "last-owner": N_("Somebody must own this. Offer ownership to another member first."),
    "already-owner": N_("{name} is an owner already."),
    "not-signed-in-yet": N_("{name} has not signed in yet, and could not answer."),
    "ownership-offered": N_("You are waiting for {name}'s answer. Withdraw that offer first."),
    "ownership-offer-ended": N_("That offer has been answered or withdrawn, or its time is over."),
    # Marketing
    "quiet-required": N_("Choose a day."),
    "quiet-past": N_("Choose today or a later day."),
    "quiet-far": N_("A break ends within a year. Choose an earlier day, or stop everything."),
    "page-outdated": N_("The words on this page have changed since you opened it. Load it again."),
    "topics-required": N_("Choose what we shall no longer send."),
    "address-or-number": N_("Enter an email address or a phone number."),
    "score-required": N_("Choose a number from one to five."),
    # Your data
    "confirmation-wrong": N_("That is not the same. Type it as it stands above."),
    "deletion-waiting": N_("You have asked for that already. It waits until {day}."),
    # Data requests
    "request-kind-required": N_("Choose what you want."),
    "request-words-required": N_("Tell us in a few words what it is about."),
    "identity-number-in-words": N_(
        "That is a person's national identity number. Please do not send it to us."
    ),
    "email-or-phone": N_("Give us an email or a phone number, so that we can answer."),
    "too-many-requests": N_("{limit} of your requests wait for our answer. Let us answer them."),
    "months-required": N_("Choose one month or two."),
    "extension-reason-required": N_("Say why. The person is told."),
    "already-extended": N_("The answer has been put off already. That is possible once."),
    "too-late-to-extend": N_("The month is over. The answer can no longer be put off."),
    "answer-words-required": N_("Write the answer."),
    "ending-required": N_("Say what you tried, and what came of it."),
    "not-confirmed-yet": N_("Call back first: it is not sure yet whose request this is."),
    "request-closed": N_("This request is answered or closed already. What was written stands."),
    "restriction-reason-required": N_("Say why it ends. The person is told."),
    # An alarm contact's own pages
    "pause-required": N_("Choose both days."),
    "pause-past": N_("Choose today or a later day."),
    "pause-reversed": N_("The last day is before the first one."),
    "pause-far": N_("A pause ends within a year. Choose an earlier day, or leave."),
    "course-answer-missing": N_("Choose an answer."),
    "course-answer-wrong": N_("Not quite. {because}"),
    "not-accepted": N_("Say yes first."),
}


def explain(error: PortalError) -> str:
    """The sentence for an error, in the reader's language."""
    sentence = SENTENCES.get(error.code, SENTENCES["refused"])
    details = {
        name: format_day(value) if isinstance(value, date) else _(str(value))
        for name, value in error.details.items()
    }
    return _(sentence).format(**details)
