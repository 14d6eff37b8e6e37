"""The sites of a file: which of the portal's they mean, and the rows of those that are new."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.customers.addresses import Address
from portal.customers.import_existing import Existing
from portal.customers.import_rows import ImportedSite
from portal.customers.models import Site
from portal.database import new_id


def matched(
    wanted: Sequence[ImportedSite], sites: Sequence[Site], existing: Existing
) -> list[tuple[ImportedSite, Site | None]]:
    """Each site of the file with the one in the portal that it means, if there is one.

    A site is known by what the back office calls it, else by where it is or is to move to; none
    is meant twice.
    """
    left = list(sites)
    found: dict[str, Site] = {}

    def match(means: Callable[[ImportedSite, Site], bool]) -> None:
        for one in wanted:
            site = next((site for site in left if means(one, site)), None)
            if one.key not in found and site is not None:
                found[one.key] = site
                left.remove(site)

    def moves_there(one: ImportedSite, site: Site) -> bool:
        move = existing.moves.get(site.id)
        return move is not None and address_of(move) == address_of(one)

    match(lambda one, site: site.back_office_name.casefold() == one.key)
    match(lambda one, site: address_of(site) == address_of(one))
    match(moves_there)
    return [(one, found.get(one.key)) for one in wanted]


def address_of(place: Address) -> tuple[str, str, str]:
    """The address for comparing."""
    return (place.address, place.postal_code, place.city)


def site_row(site: ImportedSite, customer_id: UUID, country: str, now: datetime) -> dict[str, Any]:
    """The row of a new site; the back office goes on calling it what the file calls it."""
    return {
        "id": new_id(),
        "customer_id": customer_id,
        "name": site.name,
        "address": site.address,
        "postal_code": site.postal_code,
        "city": site.city,
        "country": country,
        "back_office_name": site.name,
        "version": 1,
        "created_at": now,
    }
