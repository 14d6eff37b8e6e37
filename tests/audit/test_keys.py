"""The key of pseudonyms is noted at the first start, and never changes silently."""

import pytest
from sqlmodel import Session

from portal.audit import keys
from portal.audit.keys import KeyChangedError, key_changed, note_key


def test_the_same_key_is_accepted_again(db: Session):
    note_key(db)
    db.flush()
    note_key(db)
    assert not key_changed(db)


def test_another_key_is_refused(db: Session, monkeypatch: pytest.MonkeyPatch):
    note_key(db)
    db.flush()
    monkeypatch.setattr(keys, "fingerprint", lambda: "of another key")
    assert key_changed(db)
    with pytest.raises(KeyChangedError, match="PORTAL_PSEUDONYM_KEY"):
        note_key(db)
