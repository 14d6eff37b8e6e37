"""Encryption and keys that can be changed without losing what was encrypted."""

import pytest

from portal.encryption import UndecipherableError, decrypt, encrypt, keys_for
from tests.mail.conftest import Configure

OLD, NEW = "o" * 40, "n" * 40


def test_what_is_encrypted_can_be_read_again_and_looks_different_each_time() -> None:
    assert decrypt("outbox", encrypt("outbox", "Blåbær 🫐")) == "Blåbær 🫐"
    assert encrypt("outbox", "x") != encrypt("outbox", "x")


def test_what_was_made_for_one_purpose_means_nothing_to_another() -> None:
    with pytest.raises(UndecipherableError):
        decrypt("code words", encrypt("outbox", "x"))
    assert keys_for("outbox") != keys_for("code words")


def test_the_first_key_encrypts_and_all_decrypt(configure: Configure) -> None:
    configure(SECRET_KEY=OLD)
    old = encrypt("outbox", "x")
    configure(SECRET_KEY=f"{NEW},{OLD}")
    new = encrypt("outbox", "y")
    assert decrypt("outbox", old) == "x"
    configure(SECRET_KEY=NEW)
    assert decrypt("outbox", new) == "y"
    with pytest.raises(UndecipherableError):
        decrypt("outbox", old)


def test_what_was_changed_is_not_read() -> None:
    token = encrypt("outbox", "x")
    with pytest.raises(UndecipherableError):
        decrypt("outbox", token[:-4] + "AAAA")
