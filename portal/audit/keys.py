"""The key of pseudonyms must never change silently: its fingerprint stands in the database."""

import hashlib
import hmac

from sqlmodel import Session

from portal.audit.models import KeyCheck
from portal.settings import get_settings

PSEUDONYM_KEY = "pseudonyms"


class KeyChangedError(Exception):
    """PORTAL_PSEUDONYM_KEY is not the key with which this database was begun."""


def fingerprint() -> str:
    key = get_settings().pseudonym_key.encode()
    return hmac.new(key, b"fingerprint of the pseudonym key", hashlib.sha256).hexdigest()


def key_changed(db: Session) -> bool:
    """Whether the database was begun with another key; False while it has none."""
    noted = db.get(KeyCheck, PSEUDONYM_KEY)
    return noted is not None and noted.fingerprint != fingerprint()


def note_key(db: Session) -> None:
    """Remember the key at the first start, and insist on it at every later one.

    Raises:
        KeyChangedError: under another key the trail would call the same people by new names.
    """
    if key_changed(db):
        raise KeyChangedError(
            "PORTAL_PSEUDONYM_KEY is not the key that this database was begun with. Put the old "
            "key back: under a new one the audit trail would call the same people by new names."
        )
    if db.get(KeyCheck, PSEUDONYM_KEY) is None:
        db.add(KeyCheck(name=PSEUDONYM_KEY, fingerprint=fingerprint()))
