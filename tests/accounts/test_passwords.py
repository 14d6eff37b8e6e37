"""What makes a good password, and how it is kept."""

import unicodedata

import pytest

from portal.accounts import passwords
from portal.accounts.passwords import (
    choose,
    common_passwords,
    hash_password,
    needs_update,
    verify_password,
)
from portal.accounts.proof import Account, prove
from portal.errors import InvalidValueError
from tests.accounts.people import weakly_hashed

KARI = ("Kari Nordli", "kari@nordlys.example", "Nordlys Bakeri AS")


def refusal(password: str, about: tuple[str, ...] = ()) -> str:
    with pytest.raises(InvalidValueError) as refused:
        choose(password, about=about, field="password")
    assert refused.value.field == "password"
    return refused.value.code


def test_the_demo_password_is_good_enough():
    assert choose("nordic-demo-2026", about=KARI).hash.startswith("$argon2id$")


def test_hashes_have_the_parameters_that_owasp_recommends():
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in choose("tre rare trollmenn i regnet").hash


@pytest.mark.parametrize(
    "password",
    [
        "tre rare trollmenn i regnet",
        "bare bokstaver uten tall",
        "blåbær & rømmegrøt på søndag",
        "赤い家と青い海と白い雪",
        "🐳 whales sing beneath us 🐳",
        "  blanks at both ends stay  ",
        "Ry4$kQ!vzW0p-" * 9,
    ],
)
def test_any_characters_are_welcome_and_none_demanded(password: str):
    assert verify_password(password, choose(password, about=KARI).hash)


def test_too_short_and_too_long_are_told_with_the_limit():
    assert refusal("Ry4$kQ!vz") == "password-too-short"
    assert refusal("Ry4$kQ!vz" * 15) == "password-too-long"
    with pytest.raises(InvalidValueError) as refused:
        choose("kort")
    assert refused.value.details == {"limit": 10}


def test_128_characters_are_the_most():
    password = ("Ry4$kQ!vzW0p-mX7" * 8)[:128]
    assert choose(password)
    assert refusal(password + "e") == "password-too-long"


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "qwertyuiop",
        "QWERTYUIOPÅ",
        "1q2w3e4r5t6y",
        "Sommerferie2026!",
        "2026Salasana",
        "lösenordet1",
        "velkommen 1",
        "perkelesaatana",
        "köttbullar!!",
    ],
)
def test_common_passwords_are_refused_with_their_decoration(password: str):
    assert refusal(password) in {"password-too-common", "password-too-easy"}


@pytest.mark.parametrize(
    "password", ["karinordli", "Nordli-2026", "kari@nordlys.example", "BakeriNordlys"]
)
def test_what_others_know_of_a_person_is_no_password(password: str):
    assert refusal(password, KARI) == "password-too-easy"


def test_the_company_that_asks_is_easy_to_guess():
    assert refusal("SensorNordic1") in {"password-too-easy", "password-too-common"}


def test_the_list_knows_about_a_thousand_passwords_or_more():
    assert len(common_passwords()) > 1000
    assert all(line == line.casefold() for line in common_passwords())


def test_two_ways_to_type_the_same_letter_are_one_password():
    composed = "Åse på fjelltur i år"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert verify_password(decomposed, choose(composed).hash)


@pytest.mark.parametrize("password", ["", "\x00" * 12, "\ud800 lone surrogate", "a" * 100_000])
def test_whatever_arrives_is_compared_and_is_wrong(password: str):
    assert not verify_password(password, hash_password("tre rare trollmenn i regnet"))
    assert not verify_password(password, None)


def test_a_missing_hash_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch):
    compared: list[str] = []
    verify = passwords._context.verify

    def counting(secret: bytes | str, hashed: str) -> bool:
        compared.append(hashed.split("$")[3])
        return verify(secret, hashed)

    monkeypatch.setattr(passwords._context, "verify", counting)
    verify_password("wrong", hash_password("tre rare trollmenn i regnet"))
    verify_password("wrong", None)
    verify_password("x" * 200, None)
    assert compared == ["m=19456,t=2,p=1"] * 3


def test_a_hash_of_weaker_days_is_renewed_when_its_owner_signs_in():
    old = weakly_hashed("gammelt")
    assert needs_update(old)
    proof = prove(Account(None, old), "gammelt")
    assert proof.right
    assert proof.better_hash is not None
    assert not needs_update(proof.better_hash)
    assert prove(Account(None, old), "galt").better_hash is None


def test_neither_password_nor_hash_is_shown_when_printed():
    chosen = choose("tre rare trollmenn i regnet")
    assert chosen.hash not in repr(chosen)
    assert chosen.hash not in repr(Account(None, chosen.hash))
