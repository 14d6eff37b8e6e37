"""Name, phone and language."""

from datetime import datetime

import pytest
from sqlmodel import Session, select

from portal.accounts.profile import ProfileChanges, change_profile, profile
from portal.audit.models import AuditEntry
from portal.errors import InvalidFieldsError
from tests.accounts.people import KARI, kari, on_a_device, told


def wrong(db: Session, clock: datetime, changes: ProfileChanges) -> dict[str, str]:
    actor, _ = on_a_device(db, kari(db, clock), clock)
    with pytest.raises(InvalidFieldsError) as refused:
        change_profile(db, actor, changes, now=clock)
    return {field: error.code for field, error in refused.value.fields.items()}


def test_kari_changes_her_profile(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, _ = on_a_device(db, user, clock)
    changes = ProfileChanges(name="  Kari \u202eNordli-Moe ", phone="73 00 00 00", locale="sv")
    # Once her language is Swedish, a number without a country code is a Swedish one.
    with pytest.raises(InvalidFieldsError):
        change_profile(db, actor, changes, now=clock)
    changes = ProfileChanges(name=changes.name, phone="+47 73 00 00 00", locale="sv")
    saved = change_profile(db, actor, changes, now=clock)
    assert (saved.name, saved.phone, saved.locale) == ("Kari Nordli-Moe", "+4773000000", "sv")
    assert profile(db, actor) == saved
    assert saved.email == KARI
    assert told(db, user) == ["profile changed"]


def test_the_trail_names_the_fields_and_not_their_values(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    changes = ProfileChanges(name="Kari Nordli", phone="73000000", locale="nb")
    change_profile(db, actor, changes, now=clock)
    db.commit()
    (entry,) = db.exec(select(AuditEntry)).all()
    assert entry.details == {"fields": "phone"}


def test_saving_the_same_again_leaves_no_trace(db: Session, clock: datetime):
    user = kari(db, clock)
    actor, _ = on_a_device(db, user, clock)
    same = ProfileChanges(name="Kari Nordli", phone="", locale="nb")
    change_profile(db, actor, same, now=clock)
    assert told(db, user) == []


def test_a_phone_may_be_taken_away(db: Session, clock: datetime):
    actor, _ = on_a_device(db, kari(db, clock), clock)
    for phone in ("73000000", " "):
        changes = ProfileChanges(name="Kari Nordli", phone=phone, locale="nb")
        saved = change_profile(db, actor, changes, now=clock)
    assert saved.phone == ""


def test_everything_wrong_is_told_at_once(db: Session, clock: datetime):
    found = wrong(db, clock, ProfileChanges(name="\u200b", phone="123", locale="tlh"))
    assert found == {
        "name": "name-required",
        "phone": "phone-too-short",
        "locale": "language-unknown",
    }


def test_a_name_has_at_most_120_letters(db: Session, clock: datetime):
    assert wrong(db, clock, ProfileChanges(name="å" * 121, phone="", locale="nb")) == {
        "name": "text-too-long"
    }
