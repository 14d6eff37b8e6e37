"""The documented limits of data requests."""

from datetime import timedelta

from portal.accounts.limits import network
from portal.limits import Limit, allows, hit

OPEN_PER_PERSON = 5
LINK_LIFE = timedelta(days=7)
REQUESTS_PER_ADDRESS = Limit("data requests per address", 20, timedelta(hours=1))
MAIL_PER_RECIPIENT = Limit("data requests per recipient", 3, timedelta(days=1))


def count_request(address: str) -> None:
    """Before somebody without an account is listened to.

    Raises:
        TooManyAttemptsError: from this network address.
    """
    hit(REQUESTS_PER_ADDRESS, network(address))


def may_be_mailed(email: str) -> bool:
    """Whether one more link may be mailed; nobody is told, so that no mailbox can be flooded."""
    return allows(MAIL_PER_RECIPIENT, email.lower())
