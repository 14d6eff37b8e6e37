"""National identity numbers in what people write: we have no use for them, and keep none.

Norwegian ones are found by their birthday and their two check digits, however they are grouped.
"""

import re

from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer

from portal.errors import InvalidValueError

# Overlapping, so that a number is found behind other digits, too.
_ELEVEN_DIGITS = re.compile(r"(?<!\d)(?=(\d(?:[\s.\-\u2010-\u2015]?\d){10})(?!\d))")


def refuse_identity_numbers(text: str) -> str:
    """The text, if no Norwegian identity number stands in it.

    Raises:
        InvalidValueError: `identity-number-in-words`.
    """
    for found in _ELEVEN_DIGITS.finditer(text):
        if _is_identity_number("".join(filter(str.isdigit, found[1]))):
            raise InvalidValueError("identity-number-in-words")
    return text


def _is_identity_number(digits: str) -> bool:
    try:
        fodselsnummer.validate(digits)
    except ValidationError:
        return False
    return True
