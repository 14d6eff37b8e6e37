"""The back office's file: what is read, and how each wrong cell is told."""

import pytest

from portal.customers.import_file import UnreadableFileError
from portal.customers.import_reasons import reason
from portal.customers.import_rows import read_customers
from portal.customers.models import CustomerKind
from tests.customers.files import HOLM, NORDLYS, SITE, read, text, told


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
def test_file_of_a_nordic_spreadsheet_is_read(encoding: str, separator: str) -> None:
    file = read_customers(text(HOLM, separator=separator).encode(encoding))
    assert file.problems == []
    assert file.customers[0].values["name"] == "Holm Rør ENK"


def test_titles_may_be_written_as_people_write_them() -> None:
    written = text(NORDLYS).replace("customer_number", "Customer Number", 1)
    written = written.replace("owner_email", "Owner's e-mail", 1)
    written = written.replace("organisation_number", "Organization number", 1)
    file = read_customers(written.encode())
    assert file.problems == []
    assert file.customers[0].owner_email == "kari@nordlys.example"


def test_every_wrong_cell_is_told_with_its_line_and_column() -> None:
    file = read(
        NORDLYS | {"postal_code": "703", "phone": "ring!", "contract_end": "soon"},
        HOLM,
        NORDLYS | {"customer_number": "", "country": "Iceland", "owner_email": "post@a.example"},
    )
    assert sorted(told(file)) == [
        (2, "contract_end", "date-unknown"),
        (2, "phone", "phone-characters"),
        (2, "postal_code", "postal-code-digits"),
        (4, "country", "country-unknown"),
        (4, "customer_number", "customer-number-required"),
        (4, "owner_email", "email-shared"),
    ]
    assert [customer.number for customer in file.customers] == ["10002"]
    assert (file.rows, file.wrong_rows) == (3, 2)


def test_every_problem_has_a_sentence() -> None:
    file = read(NORDLYS | {"postal_code": "703"}, NORDLYS | {"name": "x" * 121}, SITE)
    assert all(reason(problem).endswith(".") for problem in file.problems)


def test_line_is_counted_where_the_row_begins() -> None:
    third = HOLM | {"customer_number": "10003", "city": ""}
    rows = text(NORDLYS, HOLM | {"name": '"Holm\nRør"'}, third)
    file = read_customers(rows.encode())
    assert (5, "city", "city-required") in told(file)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        ("name;city\r\n".encode("utf-16"), "file-encoding"),
        (b"name;name\r\n", "column-missing"),
        (text(NORDLYS).replace("email", "name", 1).encode(), "column-twice"),
        (text(NORDLYS | {"name": '"Nordlys'}).encode(), "quotes"),
    ],
)
def test_file_that_makes_no_sense_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read_customers(data)
    assert code in {problem.code for problem in refused.value.problems}


def test_unknown_column_and_uneven_row_are_told() -> None:
    file = read_customers((text(NORDLYS | {"colour": "red"}) + "10009;short\r\n").encode())
    assert told(file) == [(1, "colour", "column-unknown"), (3, "", "cells-count")]
    assert (file.rows, file.wrong_rows) == (2, 1)


def test_further_rows_of_a_customer_are_its_other_sites() -> None:
    (customer,) = read(NORDLYS | dict.fromkeys(SITE, "") | NORDLYS, SITE).customers
    assert [(site.name, site.address) for site in customer.sites] == [
        ("Storgata 4", "Storgata 4"),
        ("Utsalget", "Torvet 2"),
    ]


def test_same_site_twice_or_another_owner_is_told() -> None:
    file = read(
        NORDLYS, NORDLYS, SITE | {"owner_email": "tor@nordlys.example"}, SITE | {"city": "Oslo"}
    )
    assert told(file) == [
        (3, "customer_number", "row-twice"),
        (4, "owner_email", "owner-differs"),
        (5, "city", "differs-from-first-row"),
    ]


def test_site_of_a_customer_whose_first_row_is_wrong_is_wrong_too() -> None:
    file = read(NORDLYS | {"city": ""}, SITE)
    assert told(file) == [
        (2, "city", "city-required"),
        (3, "customer_number", "first-row-wrong"),
    ]


def test_two_names_for_one_address_are_not_one_person() -> None:
    file = read(NORDLYS, HOLM | {"owner_email": "KARI@nordlys.example"})
    assert told(file) == [(3, "owner_name", "owner-name-differs")]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, CustomerKind.COMPANY),
        ({"organisation_form": "Enkeltpersonforetak"}, CustomerKind.SOLE_TRADER),
        ({"organisation_form": "", "organisation_number": ""}, CustomerKind.HOUSEHOLD),
        ({"organisation_form": "Household", "organisation_number": ""}, CustomerKind.HOUSEHOLD),
        (
            {"country": "Sverige", "postal_code": "411 04", "organisation_number": "121212-1212"},
            CustomerKind.SOLE_TRADER,
        ),
    ],
)
def test_kind_of_customer_is_recognised(values: dict[str, str], kind: CustomerKind) -> None:
    file = read(NORDLYS | values)
    assert file.problems == []
    assert file.customers[0].kind is kind


def test_norwegian_identity_number_never_gets_in() -> None:
    file = read(NORDLYS | {"organisation_number": "010170 00027", "organisation_form": "ENK"})
    assert told(file) == [(2, "organisation_number", "national-identity-number")]


@pytest.mark.parametrize(
    ("values", "locale"),
    [
        ({}, "nb"),
        ({"country": "FI", "postal_code": "00100", "organisation_number": "99914004"}, "fi"),
        ({"language": "EN"}, "en"),
    ],
)
def test_owners_language_is_named_or_the_countrys(values: dict[str, str], locale: str) -> None:
    file = read(NORDLYS | {"language": ""} | values)
    assert [customer.locale for customer in file.customers] == [locale]
