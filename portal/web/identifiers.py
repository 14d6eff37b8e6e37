"""Ids of rows, as browsers send them back."""

from uuid import UUID

from portal.errors import NotFoundError


def identifier(text: str) -> UUID:
    """The id that a page was given.

    Raises:
        NotFoundError: it is none, so there is nothing that it could name.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError from None
