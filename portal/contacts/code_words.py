"""Code words: what a caller and a contact say to prove themselves.

Encrypted at rest. Shown to the customer's members and to the contact, each only after a recent
sign-in; never to support, and never in mail, logs or exports.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.actor import Actor, Right, owned_by
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts import call_lists
from portal.contacts.changes import note
from portal.contacts.models import AlarmContact, ContactEvent
from portal.encryption import decrypt, encrypt
from portal.errors import InvalidValueError, NotAllowedError, NotFoundError
from portal.text import parse_line

PURPOSE = "code word"
SHORTEST, LONGEST = 3, 40


@dataclass(frozen=True, slots=True)
class CodeWord:
    """Whose it is, and what it is: empty if there is none."""

    contact_id: UUID
    name: str
    word: str = field(repr=False)


def code_word(db: Session, actor: Actor, contact_id: UUID, *, now: datetime) -> CodeWord:
    """The code word, for those who may know it. That they looked is written down.

    Raises:
        NotAllowedError: support staff never see one.
        RecentSignInRequiredError: the actor must prove again who they are.
        NotFoundError: no such contact of the actor's customer, and not the actor.
    """
    contact = _contact_for(db, actor, contact_id, now)
    _record(db, actor, AuditEvent.CODE_WORD_SEEN, contact, now)
    return CodeWord(contact.id, contact.name, word_of(contact))


def set_code_word(db: Session, actor: Actor, contact_id: UUID, text: str, *, now: datetime) -> None:
    """Agree on another code word, or on none (empty). The monitoring station gets it.

    Raises:
        NotAllowedError, RecentSignInRequiredError, NotFoundError: as `code_word`.
        InvalidValueError: `code-word-short`, `text-too-long` or `code-word-easy` (it is in the
            name or phone number), field `code_word`.
    """
    contact = _contact_for(db, actor, contact_id, now)
    lists = call_lists.locked_lists(db, call_lists.sites_of(db, contact.id), now=now)
    word = parse_code_word(text, contact.name, contact.phone)
    if word == word_of(contact):
        return
    contact.code_word = encrypted(word)
    db.add(contact)
    note(db, actor, ContactEvent.CODE_WORD, contact, now=now)
    _record(db, actor, AuditEvent.CODE_WORD_CHANGED, contact, now)
    call_lists.changed(db, lists.values(), now=now)


def word_of(contact: AlarmContact) -> str:
    """The contact's code word in clear; empty if there is none."""
    return decrypt(PURPOSE, contact.code_word) if contact.code_word else ""


def encrypted(word: str) -> str | None:
    """The code word as it is kept; None if there is none."""
    return encrypt(PURPOSE, word) if word else None


def _record(
    db: Session, actor: Actor, what: AuditEvent, contact: AlarmContact, now: datetime
) -> None:
    """The contact may act for another customer than the one that has named them."""
    trail.record(
        db,
        what,
        actor,
        now=now,
        subject=contact.user_id,
        contact=contact.id,
        customer=contact.customer_id,
    )


def _contact_for(db: Session, actor: Actor, contact_id: UUID, now: datetime) -> AlarmContact:
    if actor.staff_role is not None:
        raise NotAllowedError
    own = col(AlarmContact.user_id) == actor.user
    if actor.may(Right.EDIT_CONTACTS):
        own = or_(own, owned_by(actor, AlarmContact))
    contact = db.execute(
        select(AlarmContact).where(own, col(AlarmContact.id) == contact_id)
    ).scalar()
    if contact is None:
        raise NotFoundError
    actor.require_recent_sign_in(now)
    return contact


def parse_code_word(text: str, name: str, phone: str) -> str:
    """The code word of somebody with this name and phone number; empty stays empty.

    Raises:
        InvalidValueError: as `set_code_word`.
    """
    word = parse_line(text, LONGEST)
    if not word:
        return ""
    if len(word) < SHORTEST:
        raise InvalidValueError("code-word-short", "code_word", limit=SHORTEST)
    plain = word.casefold()
    if plain in name.casefold() or plain in phone:
        raise InvalidValueError("code-word-easy", "code_word")
    return word
