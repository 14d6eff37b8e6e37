"""Everything that the trail can tell. `docs/security.md` explains each of them."""

from enum import StrEnum


class AuditEvent(StrEnum):
    ACCOUNT_CREATED = "account created"
    ACCOUNT_ACTIVATED = "account activated"
    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "sign-in failed"
    SIGNED_OUT = "signed out"
    SESSION_ENDED = "session ended"
    OTHER_SESSIONS_ENDED = "other sessions ended"
    IDENTITY_CONFIRMED = "identity confirmed again"
    PASSWORD_RESET_ASKED = "password reset asked"  # noqa: S105
    PASSWORD_CHANGED = "password changed"  # noqa: S105
    EMAIL_CHANGE_ASKED = "e-mail change asked"
    EMAIL_CHANGED = "e-mail changed"
    EMAIL_CHANGE_UNDONE = "e-mail change undone"
    PROFILE_CHANGED = "profile changed"
    CUSTOMER_CHOSEN = "customer chosen"
    CUSTOMERS_IMPORTED = "customers imported"
    CUSTOMERS_EXPORTED = "customers exported"
    COMPANY_CHANGED = "company details changed"
    SITE_CHANGED = "site changed"
    MOVE_REQUESTED = "move requested"
    MOVE_WITHDRAWN = "move withdrawn"
    MOVE_CONFIRMED = "move confirmed"
    MOVE_REFUSED = "move refused"
    SITE_MOVED = "site moved"
    STAFF_ADDED = "staff added"
    MAIL_HELD_BACK = "mail held back"
