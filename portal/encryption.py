"""Encryption of single columns, and keys for signing: both from `PORTAL_SECRET_KEY`. And what is
kept of tokens.

Every purpose has its own keys (HKDF-SHA-256, RFC 5869), so that what was made for one purpose
means nothing to another. The first secret encrypts and signs, all of them decrypt and verify:
put a new one in front, and take the old one away when nothing made by it is left.
"""

import hashlib
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.settings import get_settings


class UndecipherableError(Exception):
    """No key opens this: it was made for another purpose, or by a key that is gone."""


def token_hash(token: str) -> str:
    """What the database keeps of a token of 256 random bits, in a cookie or a mailed link: nobody
    guesses it from its hash, so that a slow hash would only cost time.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keys_for(purpose: str) -> tuple[bytes, ...]:
    """A key of 32 bytes for each secret, good for this purpose alone; sign with the first."""
    return _derived(purpose, get_settings().secret_keys)


def lasting_key(purpose: str, length: int = 32) -> bytes:
    """A key of `length` bytes, good for this purpose alone, from `PORTAL_PSEUDONYM_KEY`: it is the
    same for as long as the database lives, whatever becomes of the secrets.
    """
    return _lasting(purpose, get_settings().pseudonym_key, length)


def encrypt(purpose: str, text: str) -> str:
    return encrypt_bytes(purpose, text.encode())


def decrypt(purpose: str, token: str) -> str:
    """The text that was encrypted for this purpose.

    Raises:
        UndecipherableError: no key of today opens it.
    """
    return decrypt_bytes(purpose, token).decode()


def encrypt_bytes(purpose: str, content: bytes) -> str:
    return _fernet(purpose, get_settings().secret_keys).encrypt(content).decode("ascii")


def decrypt_bytes(purpose: str, token: str) -> bytes:
    """The bytes that were encrypted for this purpose.

    Raises:
        UndecipherableError: no key of today opens it.
    """
    try:
        return _fernet(purpose, get_settings().secret_keys).decrypt(token)
    except InvalidToken:
        raise UndecipherableError(purpose) from None


@lru_cache
def _derived(purpose: str, secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(_derive(purpose, secret, 32) for secret in secrets)


@lru_cache
def _lasting(purpose: str, secret: str, length: int) -> bytes:
    return _derive(f"lasting {purpose}", secret, length)


def _derive(purpose: str, secret: str, length: int) -> bytes:
    derivation = HKDF(SHA256(), length=length, salt=None, info=f"portal: {purpose}".encode())
    return derivation.derive(secret.encode())


@lru_cache
def _fernet(purpose: str, secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(urlsafe_b64encode(key)) for key in _derived(f"encrypt {purpose}", secrets)]
    )
