"""Organisation numbers: what is accepted, what each refusal says, whose number it is."""

from dataclasses import replace

import pytest

from portal.actor import Actor, Role, system
from portal.customers.models import CustomerKind
from portal.customers.organisation_numbers import (
    format_organisation_number,
    kind_of,
    masked,
    parse_organisation_form,
    parse_organisation_number,
)
from portal.errors import InvalidValueError


@pytest.mark.parametrize(
    ("text", "country", "kept", "written"),
    [
        ("314 200 004", "NO", "314200004", "314 200 004"),
        ("NO314200004MVA", "NO", "314200004", "314 200 004"),
        ("559999-0404", "SE", "5599990404", "559999-0404"),
        ("16559999-0404", "SE", "5599990404", "559999-0404"),
        ("19121212-1212", "SE", "1212121212", "121212-1212"),
        ("DK 99 14 00 03", "DK", "99140003", "99140003"),
        ("9991400-4", "FI", "99914004", "9991400-4"),
    ],
)
def test_number_is_kept_as_digits_and_shown_as_its_country_writes_it(
    text: str, country: str, kept: str, written: str
) -> None:
    assert parse_organisation_number(text, country) == kept
    assert format_organisation_number(kept, country) == written


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("31420000", "NO", "organisation-number-too-short"),
        ("3142000044", "NO", "organisation-number-too-long"),
        ("314200005", "NO", "organisation-number-unknown"),
        ("bakeri", "NO", "organisation-number-characters"),
        ("٣١٤٢٠٠٠٠٤", "NO", "organisation-number-characters"),
        ("010170 00027", "NO", "national-identity-number"),
        ("211062-5629", "DK", "national-identity-number"),
        ("131052-308T", "FI", "national-identity-number"),
        ("131052A308T", "FI", "national-identity-number"),
        ("121312-1211", "SE", "organisation-number-unknown"),
    ],
)
def test_refusal_says_what_is_wrong(text: str, country: str, code: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        parse_organisation_number(text, country)
    assert refused.value.code == code
    assert refused.value.details == {}


@pytest.mark.parametrize(
    ("form", "country", "kind"),
    [
        ("AS", "NO", CustomerKind.COMPANY),
        ("enkeltpersonforetak", "NO", CustomerKind.SOLE_TRADER),
        ("Enskild firma", "SE", CustomerKind.SOLE_TRADER),
        ("Enkeltmandsvirksomhed", "DK", CustomerKind.SOLE_TRADER),
        ("toiminimi", "FI", CustomerKind.SOLE_TRADER),
        ("Oy", "FI", CustomerKind.COMPANY),
        ("", "NO", CustomerKind.HOUSEHOLD),
    ],
)
def test_form_tells_a_person_from_a_company(form: str, country: str, kind: CustomerKind) -> None:
    assert kind_of("", parse_organisation_form(form, country), country) is kind


def test_number_of_a_person_outweighs_the_form() -> None:
    assert kind_of("1212121212", "AB", "SE") is CustomerKind.SOLE_TRADER


def test_only_the_owner_sees_an_identity_number() -> None:
    owner = Actor(None, "", "sv", role=Role.OWNER)
    assert masked("1212121212", "SE", owner) == "121212-1212"
    for other in (replace(owner, role=Role.ADMINISTRATOR), replace(owner, role=None), system("x")):
        assert masked("1212121212", "SE", other) == "••••••-••••"
        assert masked("5599990404", "SE", other) == "559999-0404"
