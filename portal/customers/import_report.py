"""What an import did, for the operator who ran it."""

from dataclasses import dataclass, field

from portal.customers.import_file import Problem


@dataclass(frozen=True)
class Conflict:
    """A field that the customer owns and on which the back office's file says something else.

    `newer_in_file` tells a new opinion of the back office from one it has always had, which it
    will drop once it takes over the customer's edit (`portal customers export`). Identity numbers
    are masked.
    """

    line: int
    customer_number: str
    field: str
    portal_value: str
    back_office_value: str
    newer_in_file: bool


@dataclass
class ImportReport:
    """Counts of customers, and everything that somebody must look at.

    `written` is false after a dry run, and when wrong rows kept everything out.
    """

    rows: int = 0
    wrong_rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    sites_added: int = 0
    moves_confirmed: int = 0
    invited: int = 0
    conflicts_resolved: int = 0
    written: bool = False
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
