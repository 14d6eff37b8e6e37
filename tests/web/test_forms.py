"""Bodies that no form of ours sends."""

import pytest

from portal.web.http.visit import LARGEST_BODY, MOST_FIELDS
from tests.people import KARI, PASSWORD
from tests.visitors import HERE, Browsers

FORM = {"Origin": HERE, "Content-Type": "application/x-www-form-urlencoded"}


def test_a_body_larger_than_any_form_is_refused(browsers: Browsers, inhabited: str) -> None:
    visitor = browsers()
    fits = b"email=" + b"k" * (LARGEST_BODY - 6)
    assert visitor.post("/auth/sign-in", content=fits, headers=FORM).status_code == 422
    too_large = visitor.post("/auth/sign-in", content=fits + b"k", headers=FORM)
    assert too_large.status_code == 413
    assert "kkkk" not in too_large.text


def test_more_fields_than_any_form_has_are_refused(browsers: Browsers, inhabited: str) -> None:
    fields = "&".join(f"f{number}=x" for number in range(MOST_FIELDS + 1))
    answer = browsers().post("/auth/sign-in", content=fields, headers=FORM)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00",
        b"email=%FF%FE&password=%00",
        b"email",
        b"&&&===",
        b'{"email": "kari@nordlys.example"}',
        b"email=a&email=b",
        b"email=" + "\N{MALE SIGN}\u0301".encode() * 1000,
        b"password=" + b"x" * 5000,
    ],
)
@pytest.mark.parametrize(
    "path", ["/auth/sign-in", "/auth/ask-reset", "/auth/activate", "/auth/reset-password"]
)
def test_a_malformed_body_is_refused_in_plain_words(
    browsers: Browsers, inhabited: str, path: str, body: bytes
) -> None:
    answer = browsers().post(path, content=body, headers=FORM)
    assert answer.status_code in {410, 422}
    assert "Traceback" not in answer.text
    assert "<h1" in answer.text


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", ""])
def test_only_plain_forms_are_read(browsers: Browsers, inhabited: str, kind: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nkari\r\n--x--\r\n'
    headers = {"Origin": HERE, "Content-Type": kind}
    answer = browsers().post("/auth/sign-in", content=body, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"current_password": "", "new_password": ""},
        {"current_password": PASSWORD, "new_password": "short"},
        {"current_password": PASSWORD, "new_password": "x" * 20_000},
        {"current_password": PASSWORD, "new_password": "\x00" * 20},
    ],
)
def test_hostile_passwords_are_refused_beside_their_field(
    browsers: Browsers, inhabited: str, fields: dict[str, str]
) -> None:
    answer = browsers().sign_in_as(KARI).submit("/auth/password", **fields)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("customer", ["", "x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_acting_for_nobody_s_customer_is_not_found(
    browsers: Browsers, inhabited: str, customer: str
) -> None:
    kari = browsers().sign_in_as(KARI)
    assert kari.submit("/auth/acting-for", customer=customer).status_code == 404
    assert kari.get("/en/company").status_code == 200
