"""The documented limits of sign-in and of mail that anybody can ask for.

They are counted before the attempt, so that a thousand attempts at once are no way around them.
Accounts that exist and accounts that do not are counted alike.
"""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from portal.accounts.users import typed_address
from portal.limits import Limit, allows, forget, hit

_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)

SIGN_IN_PER_ACCOUNT = Limit("sign-in per account", 10, _QUARTER)
SIGN_IN_PER_ADDRESS = Limit("sign-in per address", 30, _QUARTER)
SIGN_IN_IN_ALL = Limit("sign-in in all", 1000, timedelta(minutes=1))
CONFIRMATION_PER_USER = Limit("confirmation of identity per user", 10, _QUARTER)
MAIL_ASKED_PER_ADDRESS = Limit("mail asked per address", 20, _HOUR)
MAIL_ASKED_PER_RECIPIENT = Limit("mail asked per recipient", 3, _HOUR)
PASSWORD_CHOSEN_PER_ADDRESS = Limit("password chosen per address", 30, _QUARTER)
EMAIL_CHANGE_PER_USER = Limit("e-mail change per user", 5, _HOUR)

ALL = (
    SIGN_IN_PER_ACCOUNT,
    SIGN_IN_PER_ADDRESS,
    SIGN_IN_IN_ALL,
    CONFIRMATION_PER_USER,
    MAIL_ASKED_PER_ADDRESS,
    MAIL_ASKED_PER_RECIPIENT,
    PASSWORD_CHOSEN_PER_ADDRESS,
    EMAIL_CHANGE_PER_USER,
)


def count_sign_in(email: str, address: str) -> None:
    """Before a password is compared. However the e-mail address is written, it is one account.

    Raises:
        TooManyAttemptsError: in all, from this network address, or for this e-mail address.
    """
    hit(SIGN_IN_IN_ALL, "")
    hit(SIGN_IN_PER_ADDRESS, network(address))
    hit(SIGN_IN_PER_ACCOUNT, typed_address(email))


def forget_sign_ins(email: str) -> None:
    """After a sign-in: who knows the password was not guessing."""
    forget(SIGN_IN_PER_ACCOUNT, typed_address(email))


def count_confirmation(user_id: UUID) -> None:
    """Before the password of somebody signed in is compared.

    Raises:
        TooManyAttemptsError: for this user.
    """
    hit(CONFIRMATION_PER_USER, str(user_id))


def count_mail_asked(address: str) -> None:
    """Before a mail is sent to an address that a visitor has typed.

    Raises:
        TooManyAttemptsError: from this network address.
    """
    hit(MAIL_ASKED_PER_ADDRESS, network(address))


def count_password_chosen(address: str) -> None:
    """Before a new password is judged and hashed.

    Raises:
        TooManyAttemptsError: from this network address.
    """
    hit(PASSWORD_CHOSEN_PER_ADDRESS, network(address))


def count_email_change(user_id: UUID) -> None:
    """Before a change of e-mail address is announced.

    Raises:
        TooManyAttemptsError: for this user.
    """
    hit(EMAIL_CHANGE_PER_USER, str(user_id))


def may_be_mailed(email: str) -> bool:
    """Whether one more mail may be asked for; nobody is told, since that tells of the account."""
    return allows(MAIL_ASKED_PER_RECIPIENT, email)


def network(address: str) -> str:
    """The part of a network address that stands for one visitor.

    One household commands a whole IPv6 network of 64 bits, so that single addresses mean nothing.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)
