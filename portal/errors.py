"""What can go wrong in a way that a person should be told.

Each subclass is one promise that can be broken. `code` is stable (pages and tests choose the
words by it), `field` is the name of the form field at fault, or empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class PortalError(Exception):
    """A refusal with a reason. Rolls back the transaction it leaves.

    Args:
        field: the form field at fault, empty when no single field is.
        details: values for the message, for example `limit=128`.
    """

    code = "refused"
    status = 422

    def __init__(self, field: str = "", **details: object) -> None:
        super().__init__(self.code)
        self.field = field
        self.details = details


class NotFoundError(PortalError):
    """There is no such thing, or it is not this actor's: both answer alike."""

    code = "not-found"
    status = 404


class NotAllowedError(PortalError):
    """The actor's role does not carry this right."""

    code = "not-allowed"
    status = 403


class RecentSignInRequiredError(PortalError):
    """The act is dangerous and the last proof of identity is more than ten minutes old."""

    code = "recent-sign-in-required"
    status = 403


class ChangedMeanwhileError(PortalError):
    """Somebody else saved the same thing after this page was loaded."""

    code = "changed-meanwhile"
    status = 409


class TooManyAttemptsError(PortalError):
    """A documented limit is used up. `details["retry_after"]` is in seconds."""

    code = "too-many-attempts"
    status = 429


class InvalidFieldsError(PortalError):
    """Several fields are wrong at once; `fields` maps each to its own error."""

    code = "invalid-fields"

    def __init__(self, fields: dict[str, "PortalError"]) -> None:
        super().__init__(next(iter(fields), ""))
        self.fields = fields


class InvalidValueError(PortalError):
    """A field's value cannot be used; `code` of the instance says why."""

    def __init__(self, code: str, field: str = "", **details: object) -> None:
        super().__init__(field, **details)
        self.code = code


@contextmanager
def in_field(name: str) -> Iterator[None]:
    """Say of a value that cannot be used in which field it stands."""
    try:
        yield
    except InvalidValueError as error:
        error.field = name
        raise
