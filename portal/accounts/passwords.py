"""Passwords: how a new one is judged, hashed and later verified.

Argon2id with OWASP's parameters. Hashing takes about 20 ms of one core and is never done inside
a database transaction: `choose` and `verify_password` run in the hashing pool, and services take
what they return.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from passlib.context import CryptContext
from zxcvbn_rs_py import zxcvbn

from portal.errors import InvalidValueError
from portal.settings import get_settings

SHORTEST = 10
LONGEST = 128
LOWEST_SCORE = 3  # zxcvbn's "safely unguessable", of 0 to 4
_MEMORY, _PASSES, _LANES = 19456, 2, 1
COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt")

_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=_MEMORY,
    argon2__time_cost=_PASSES,
    argon2__parallelism=_LANES,
)
# No password leads to this digest of zeros. It is written down rather than computed, so that the
# first unknown address after a start takes no longer than the second.
_HASH_OF_NOBODY = f"$argon2id$v=19$m={_MEMORY},t={_PASSES},p={_LANES}${'A' * 22}${'A' * 43}"


@dataclass(frozen=True, slots=True)
class ChosenPassword:
    """A new password, judged good enough and hashed. Only `choose` makes one."""

    hash: str = field(repr=False)


def choose(
    password: str, *, about: Iterable[str] = (), field: str = "new_password"
) -> ChosenPassword:
    """Judge and hash a new password. Slow: runs in the hashing pool.

    Any character is welcome and none is demanded; there are no rules of composition
    (NIST SP 800-63B, ASVS 6.2.5). `about` holds what others know of the person: name, e-mail
    address, names of their customers. A password made of these, or of the company's own name, is
    easy to guess.

    Raises:
        InvalidValueError: `password-too-short`, `password-too-long` (details: `limit`),
            `password-too-common` or `password-too-easy`.
    """
    if len(password) > LONGEST:
        raise InvalidValueError("password-too-long", field, limit=LONGEST)
    password = _normalised(password)
    if len(password) < SHORTEST:
        raise InvalidValueError("password-too-short", field, limit=SHORTEST)
    if _is_common(password):
        raise InvalidValueError("password-too-common", field)
    # zxcvbn knows English: without our list it takes "sommerferie" for a random row of letters.
    known = _words([*about, get_settings().company_name])
    guessable = [*known, *common_passwords().difference(known)]  # the first are guessed first
    if int(zxcvbn(password, guessable).score) < LOWEST_SCORE:
        raise InvalidValueError("password-too-easy", field)
    return ChosenPassword(hash_password(password))


def hash_password(password: str) -> str:
    """The Argon2id hash of a password that is not judged here. Slow."""
    return _context.hash(_encoded(password))


def verify_password(password: str, hashed: str | None) -> bool:
    """Whether this is the password. Slow, and as slow where there is no hash to compare with."""
    if hashed is None or len(password) > LONGEST:
        _context.verify("", _HASH_OF_NOBODY)
        return False
    return _context.verify(_encoded(password), hashed)


def needs_update(hashed: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _context.needs_update(hashed)


def _normalised(password: str) -> str:
    # Two keyboards may send the same letter å in two ways.
    return unicodedata.normalize("NFKC", password)


def _encoded(password: str) -> bytes:
    return _normalised(password).encode("utf-8", "surrogatepass")


def _is_common(password: str) -> bool:
    """Whether the password is on the list, as it stands or without digits and signs around it."""
    folded = password.casefold()
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    return not {folded, bare, re.sub(r"[\W_]+", "", folded)}.isdisjoint(common_passwords())


@lru_cache
def common_passwords() -> frozenset[str]:
    """Passwords that many people choose, in lower case, Nordic ones among them."""
    lines = COMMON_PASSWORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _words(about: Iterable[str]) -> list[str]:
    """Everything that is easily known, whole and in pieces, for zxcvbn to look for."""
    known = [text.casefold() for text in about if text]
    pieces = [piece for text in known for piece in re.split(r"[\W_]+", text) if len(piece) > 2]
    return [*known, *pieces]
