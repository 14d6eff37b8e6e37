"""The documented limits of data requests."""

from datetime import timedelta

from portal.accounts.limits import network
from portal.limits import Limit, allows, hit

OPEN_PER_PERSON = 5
LINK_LIFE = timedelta(days=7)
TOLD_AGAIN = timedelta(minutes=30)
REQUESTS_PER_ADDRESS = Limit("data requests per address", 20, timedelta(hours=1))
MAIL_PER_RECIPIENT = Limit("data requests per recipient", 3, timedelta(days=1))
CALLS_PER_NUMBER = Limit("data requests per phone number", 3, timedelta(days=1))
MAILS_ABOUT_CALLS = Limit("mails to leads about calls", 50, timedelta(days=1))


def count_request(address: str) -> None:
    """Before somebody without an account is listened to.

    Raises:
        TooManyAttemptsError: from this network address.
    """
    hit(REQUESTS_PER_ADDRESS, network(address))


def may_be_mailed(email: str) -> bool:
    """Whether one more link may be mailed; nobody is told, so that no mailbox can be flooded."""
    return allows(MAIL_PER_RECIPIENT, email.lower())


def may_be_called(phone: str) -> bool:
    """Whether one more request may wait for a call to this number; nobody is told, as with mail."""
    return allows(CALLS_PER_NUMBER, phone)


def leads_may_be_mailed() -> bool:
    """Whether the leads are mailed about one more person to be called. Anyone can cause these
    mails, from many networks and with many numbers.
    """
    return allows(MAILS_ABOUT_CALLS, "all")
