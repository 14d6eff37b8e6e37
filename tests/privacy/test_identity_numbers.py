"""National identity numbers in free text. The numbers here are made up, with right check digits."""

import pytest

from portal.errors import InvalidValueError
from portal.privacy.identity_numbers import refuse_identity_numbers


@pytest.mark.parametrize(
    "text",
    [
        "01019012480",
        "My number is 010190 12480, as you know.",
        "010190-12480",
        "01 01 90 124 80",
        "Born 01.01.90 12480",
        "41019012474",
        "I have lived at no. 12 010190 12480",
        "It is\n010190\n12480",
        "fnr:29029612410.",
    ],
)
def test_norwegian_identity_number_is_found_however_it_is_written(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        refuse_identity_numbers(text)
    assert refused.value.code == "identity-number-in-words"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01019012481",
        "32019012480",
        "Call +47 900 00 200 or 73 00 01 00.",
        "Invoice 101019012480",
        "010190124801",
        "Customer 10001, organisation number 314 200 004.",
        "From 2019-01-01 to 2026-11-25.",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert refuse_identity_numbers(text) == text
