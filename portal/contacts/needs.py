"""What the call lists need from the customer, for the overview."""

from collections.abc import Iterable, Iterator

from portal.contacts.lists import SiteLine
from portal.customers.overview import Need, NeedKind


def contact_needs(lines: Iterable[SiteLine]) -> Iterator[Need]:
    """Where too few people can be reached today, and whom nobody has told yet."""
    for line in lines:
        if line.reachable == 0:
            yield _need(NeedKind.NOBODY_REACHABLE, line)
        elif line.reachable < line.needed:
            yield _need(NeedKind.TOO_FEW_REACHABLE, line, line.reachable)
        if line.not_told:
            yield _need(NeedKind.CONTACTS_NOT_TOLD, line, line.not_told)


def _need(kind: NeedKind, line: SiteLine, count: int = 0) -> Need:
    return Need(kind, site_id=line.site_id, site_name=line.name, count=count)
