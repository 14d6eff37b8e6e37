"""Checking the back office's rows and putting together each customer with its sites.

Every wrong cell is found in one reading, so that whoever mends the file mends it once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.customers.company_fields import (
    CONTRACT_FIELDS,
    EDITABLE,
    number_problem,
    parse_field,
    parse_fields,
)
from portal.customers.csv_columns import ADDED_BY_EXPORT, CUSTOMER_FILE
from portal.customers.import_cells import (
    COUNTRY_LANGUAGES,
    HOUSEHOLDS,
    attempt,
    parse_country_name,
    parse_customer_number,
    parse_day,
    parse_language,
    parse_owner_email,
    parse_person,
    parse_products,
    parse_site_name,
)
from portal.customers.import_file import Problem, Record, open_records
from portal.customers.models import CustomerKind
from portal.customers.organisation_numbers import kind_of
from portal.errors import InvalidValueError

_ADDRESS = ("address", "postal_code", "city")


@dataclass(frozen=True)
class ImportedSite:
    """A protected address. `key` is its name for comparing: small letters only."""

    line: int
    name: str
    key: str
    address: str
    postal_code: str
    city: str


@dataclass
class ImportedCustomer:
    """What the file says about one customer, checked.

    `values` has the customer-owned fields and `contract` the back office's own, both only for
    the columns that the file has.
    """

    line: int
    number: str
    kind: CustomerKind
    country: str
    values: dict[str, str]
    contract: dict[str, Any]
    owner_name: str
    owner_email: str
    locale: str
    cells: dict[str, str]
    sites: list[ImportedSite] = field(default_factory=list)


@dataclass(frozen=True)
class CustomerFile:
    """A whole file: the customers of its right rows, and what is wrong with the others."""

    customers: list[ImportedCustomer]
    problems: list[Problem]
    rows: int
    wrong_rows: int


def read_customers(
    data: bytes,
    *,
    default_country: str = "NO",
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> CustomerFile:
    """Check every row of a file. Touches no database.

    `progress` is told how many lines are read, and how many there are.

    Raises:
        UnreadableFileError: the file as a whole cannot be used.
    """
    records = open_records(data, CUSTOMER_FILE)
    reading = _Reading(records.columns, default_country)
    rows = 0
    for record in records:
        rows += 1
        reading.take(record)
        if not rows % 100:
            progress(record.line, records.total)
    progress(records.total, records.total)
    problems = sorted(records.problems + reading.problems, key=lambda problem: problem.line)
    wrong = len({problem.line for problem in problems if problem.line > 1})
    uneven = len({problem.line for problem in records.problems if problem.line > 1})
    return CustomerFile(list(reading.customers.values()), problems, rows + uneven, wrong)


class _Reading:
    """What is known while the rows go by: the customers, the owners, and what was wrong."""

    def __init__(self, columns: frozenset[str], default_country: str) -> None:
        self.columns = columns
        self.default_country = default_country
        self.customers: dict[str, ImportedCustomer] = {}
        self.problems: list[Problem] = []
        self._owners: dict[str, tuple[str, int]] = {}
        self._wrong: dict[str, int] = {}

    def take(self, record: Record) -> None:
        """Read one row: a customer's first, or one that adds a site."""
        number = record.cells["customer_number"]
        known = self.customers.get(number)
        before = len(self.problems)
        if known is None and number in self._wrong and not record.cells["name"]:
            line = self._wrong[number]
            self.problems.append(
                Problem(record.line, "customer_number", "first-row-wrong", {"line": line})
            )
            return
        if known is None:
            customer = self._customer(record)
            if customer is not None:
                self.customers[number] = customer
        else:
            self._further_site(known, record)
        if len(self.problems) > before:
            self._wrong.setdefault(number, record.line)

    def _customer(self, record: Record) -> ImportedCustomer | None:
        cells, wrong = record.cells, dict[str, InvalidValueError]()
        single: dict[str, str] = {"country": self.default_country}
        attempt(single, wrong, "customer_number", parse_customer_number, cells["customer_number"])
        if cells.get("country"):
            attempt(single, wrong, "country", parse_country_name, cells["country"])
        country = single["country"]
        single["locale"] = COUNTRY_LANGUAGES[country]
        if cells.get("language"):
            attempt(single, wrong, "language", parse_language, cells["language"])
        values = self._values(cells, country, wrong)
        contract = self._contract(cells, wrong)
        owner_name, owner_email = self._owner(record, wrong)
        site = None if wrong else self._site(record, values, country, wrong)
        if site is None:
            self._report(record.line, wrong)
            return None
        self._owners.setdefault(owner_email, (owner_name, record.line))
        number, form = values.get("organisation_number", ""), values.get("organisation_form", "")
        return ImportedCustomer(
            line=record.line,
            number=single["customer_number"],
            kind=kind_of(number, form, country),
            country=country,
            values=values,
            contract=contract,
            owner_name=owner_name,
            owner_email=owner_email,
            locale=single.get("language", single["locale"]),
            cells=cells,
            sites=[site],
        )

    def _values(
        self, cells: Mapping[str, str], country: str, wrong: dict[str, InvalidValueError]
    ) -> dict[str, str]:
        """The customer-owned fields for which the file has a column."""
        given = {name: cells[name] for name in EDITABLE if name in self.columns}
        if given.pop("country", ""):
            given["country"] = country
        household = given.get("organisation_form", "").casefold() in HOUSEHOLDS
        if household:
            given["organisation_form"] = ""
        values, wrong_values = parse_fields(given, country)
        if household and given.get("organisation_number"):
            code = "organisation-number-of-household"
            wrong_values["organisation_number"] = InvalidValueError(code)
        elif not wrong_values:
            whole = dict.fromkeys(EDITABLE, "") | {"country": country} | values
            problem = number_problem(whole)
            wrong_values |= {problem.field: problem} if problem else {}
        wrong.update(wrong_values)
        return values

    def _contract(
        self, cells: Mapping[str, str], wrong: dict[str, InvalidValueError]
    ) -> dict[str, Any]:
        contract: dict[str, Any] = {}
        for name in self.columns.intersection(CONTRACT_FIELDS):
            parse = parse_products if name == "products" else parse_day
            attempt(contract, wrong, name, parse, cells[name])
        start, end = contract.get("contract_start"), contract.get("contract_end")
        if start and end and end < start:
            wrong["contract_end"] = InvalidValueError("contract-end-before-start")
        return contract

    def _owner(self, record: Record, wrong: dict[str, InvalidValueError]) -> tuple[str, str]:
        """The owner. Two names for one address would let one person into another's portal."""
        owner: dict[str, str] = {}
        attempt(owner, wrong, "owner_name", parse_person, record.cells["owner_name"])
        attempt(owner, wrong, "owner_email", parse_owner_email, record.cells["owner_email"])
        name, email = owner.get("owner_name", ""), owner.get("owner_email", "")
        known = self._owners.get(email)
        if known and name and known[0].casefold() != name.casefold():
            wrong["owner_name"] = InvalidValueError("owner-name-differs", line=known[1])
        return name, email

    def _site(
        self,
        record: Record,
        values: Mapping[str, str],
        country: str,
        wrong: dict[str, InvalidValueError],
    ) -> ImportedSite | None:
        """The row's site: its own address, or else the customer's."""
        written = {part: record.cells.get(f"site_{part}", "") for part in _ADDRESS}
        if not any(written.values()):
            address = {part: values[part] for part in _ADDRESS}
        else:
            address = {}
            for part, text in written.items():
                try:
                    address[part] = parse_field(part, text, country)
                except InvalidValueError as error:
                    wrong[f"site_{part}"] = error
        name = {}
        attempt(name, wrong, "site_name", parse_site_name, record.cells.get("site_name", ""))
        if wrong:
            return None
        title = name["site_name"] or address["address"]
        return ImportedSite(record.line, title, title.casefold(), **address)

    def _further_site(self, customer: ImportedCustomer, record: Record) -> None:
        wrong: dict[str, InvalidValueError] = {}
        for column in self.columns:
            text = record.cells[column]
            if column.startswith("site_") or column in ADDED_BY_EXPORT or not text:
                continue
            if text.casefold() != customer.cells[column].casefold():
                owner = column.startswith("owner_")
                code = "owner-differs" if owner else "differs-from-first-row"
                wrong[column] = InvalidValueError(code, line=customer.line)
        site = None if wrong else self._site(record, customer.values, customer.country, wrong)
        if site is not None:
            twin = next((known for known in customer.sites if known.key == site.key), None)
            if twin is None:
                customer.sites.append(site)
            else:
                wrong["customer_number"] = InvalidValueError("row-twice", line=twin.line)
        self._report(record.line, wrong)

    def _report(self, line: int, wrong: Mapping[str, InvalidValueError]) -> None:
        self.problems.extend(
            Problem(line, column, error.code, error.details) for column, error in wrong.items()
        )
