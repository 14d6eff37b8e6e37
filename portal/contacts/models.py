"""Alarm contacts, call lists, and what happened to them."""

# SQLModel declares `__tablename__` as a method, and means this:
# pyright: reportAssignmentType=false

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from portal.database import UtcDateTime, new_id
from portal.datamap import (
    ATTRIBUTION,
    NOT_PERSONAL,
    DataEntry,
    Erasure,
    Export,
    Purpose,
    Recipient,
    Retention,
    Source,
    Subject,
    column,
    counted,
    done_by,
    going_with,
    runs_out,
)

_STATION = (Recipient.MONITORING_STATION, Recipient.HOSTING_PROVIDER)
CALLED = DataEntry(
    Subject.ALARM_CONTACT,
    Purpose.MONITORING,
    Retention.CONTACT_END,
    recipients=_STATION,
    source=Source.CUSTOMER,
)
CALLED_AS_THEY_SAY = replace(CALLED, source=Source.PERSON)
WRITTEN_TO = DataEntry(
    Subject.ALARM_CONTACT,
    Purpose.INTRODUCTION,
    Retention.CONTACT_END,
    recipients=(Recipient.HOSTING_PROVIDER, Recipient.MAIL_PROVIDER),
    source=Source.CUSTOMER,
)
SPOKEN = DataEntry(
    Subject.ALARM_CONTACT,
    Purpose.MONITORING,
    Retention.CONTACT_END,
    Export.WITHHELD,
    recipients=_STATION,
)
LINKAGE = DataEntry(
    Subject.ALARM_CONTACT, Purpose.MONITORING, Retention.CONTACT_END, Export.WITHHELD
)
INTRODUCED = DataEntry(Subject.ALARM_CONTACT, Purpose.INTRODUCTION, Retention.CONTACT_END)
TOLD = replace(INTRODUCED, source=Source.CUSTOMER)
CONFIRMED = replace(INTRODUCED, source=Source.PERSON)
CONTACT_HISTORY = DataEntry(
    Subject.ALARM_CONTACT,
    Purpose.ACCOUNTABILITY,
    Retention.HISTORY,
    erasure=Erasure.KEEP,
    because="the customer's history of the call list stays true without the name",
)
RELEASED = replace(ATTRIBUTION, subject=Subject.STAFF)
CONTACT_NAMED = replace(CONTACT_HISTORY, erasure=Erasure.ANONYMISE, source=Source.CUSTOMER)
BAR = DataEntry(
    Subject.ALARM_CONTACT,
    Purpose.INTRODUCTION,
    Retention.BAR_END,
    Export.WITHHELD,
    Erasure.KEEP,
    because="whoever said no is not asked again for 90 days, and only a keyed hash says who",
)


class ContactRole(StrEnum):
    """What a contact may do when the alarm has gone off."""

    DECIDE = "decide"  # may decide during an alarm
    CANCEL = "cancel"  # may only cancel a false alarm


class Answer(StrEnum):
    """What the contact said about one site."""

    NONE = "none"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"


class InvitationState(StrEnum):
    """What is known of the invitation mail. `INVITED` until it is answered or runs out."""

    NONE = "none"
    INVITED = "invited"
    RETURNED = "returned"
    NO_ANSWER = "no answer"


class ContactBatch(SQLModel, table=True):
    """One file of call lists that was imported; its people get no mail before they are released."""

    __tablename__ = "contact_batches"
    __table_args__ = runs_out(counted(Retention.HISTORY, lambda row: row.released_at))

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    imported_at: datetime = column(NOT_PERSONAL, sa_type=UtcDateTime)
    contacts: int = column(NOT_PERSONAL)
    released_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)
    released_by: UUID | None = column(
        RELEASED, default=None, foreign_key="users.id", ondelete="SET NULL"
    )


class AlarmContact(SQLModel, table=True):
    """A person whom a customer has named. On whose call lists they stand is in `CallListEntry`.

    `name`, `phone`, `email`, `locale` and `relation` are what the customer typed; `own_phone` and
    `own_locale` what the person said since, which counts more and which the customer never sees.
    `user_id` is the person's account once they accepted with one. `told_*` prove that the customer
    confirmed having told the person. `batch_id` without `released_at`: imported, and no mail
    leaves yet. `notice_due_at` is the day by which the person must have been given the privacy
    notice (GDPR article 14(3)(a)).
    """

    __tablename__ = "alarm_contacts"
    __table_args__ = (
        UniqueConstraint("customer_id", "user_id"),
        CheckConstraint(
            "invitation_state IN ('none', 'invited', 'returned', 'no answer')",
            name="invitation_state_is_known",
        ),
        Index("ix_alarm_contacts_customer_id_phone", "customer_id", "phone"),
        runs_out(
            done_by(Retention.CONTACT_END, "forget who said no"),
            counted(Retention.HISTORY, lambda row: row.told_at),
        ),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(LINKAGE, foreign_key="customers.id", ondelete="CASCADE")
    user_id: UUID | None = column(
        LINKAGE, default=None, foreign_key="users.id", ondelete="SET NULL", index=True
    )
    name: str = column(CALLED, max_length=120)
    phone: str = column(CALLED, max_length=20)
    email: str = column(WRITTEN_TO, address=True, max_length=254, default="")
    locale: str = column(CALLED, max_length=2)
    relation: str = column(CALLED, max_length=60, default="")
    own_phone: str = column(CALLED_AS_THEY_SAY, max_length=20, default="")
    own_locale: str = column(CALLED_AS_THEY_SAY, max_length=2, default="")
    code_word: str | None = column(SPOKEN, default=None)  # encrypted
    told_at: datetime | None = column(TOLD, default=None, sa_type=UtcDateTime)
    told_by: UUID | None = column(
        ATTRIBUTION, default=None, foreign_key="users.id", ondelete="SET NULL"
    )
    told_words: str = column(TOLD, max_length=300, default="")
    adult_at: datetime | None = column(CONFIRMED, default=None, sa_type=UtcDateTime)
    invitation_state: str = column(INTRODUCED, max_length=10, default=InvitationState.NONE.value)
    invited_until: datetime | None = column(INTRODUCED, default=None, sa_type=UtcDateTime)
    batch_id: UUID | None = column(
        LINKAGE, default=None, foreign_key="contact_batches.id", ondelete="SET NULL", index=True
    )
    released_at: datetime | None = column(INTRODUCED, default=None, sa_type=UtcDateTime)
    notice_due_at: datetime = column(INTRODUCED, sa_type=UtcDateTime, index=True)
    notice_given_at: datetime | None = column(INTRODUCED, default=None, sa_type=UtcDateTime)
    notice_warned_at: datetime | None = column(INTRODUCED, default=None, sa_type=UtcDateTime)
    version: int = column(NOT_PERSONAL, default=1)
    created_at: datetime = column(INTRODUCED, sa_type=UtcDateTime)


class CallList(SQLModel, table=True):
    """A site's call list. `version` is taken from one sequence for all sites (`StationFeed`), so
    that the monitoring station can ask for what changed since a version.

    `needed` is how many reachable contacts the site needs. `order_before` holds the ids of the
    entries as they stood before the last move, until anything else changes.
    """

    __tablename__ = "call_lists"
    __table_args__ = (CheckConstraint("needed >= 1", name="needs_somebody"),)

    site_id: UUID = column(
        NOT_PERSONAL, foreign_key="sites.id", ondelete="CASCADE", primary_key=True
    )
    customer_id: UUID = column(
        NOT_PERSONAL, foreign_key="customers.id", ondelete="CASCADE", index=True
    )
    version: int = column(NOT_PERSONAL, sa_type=BigInteger, index=True, default=0)
    needed: int = column(NOT_PERSONAL, default=2)
    changed_at: datetime = column(NOT_PERSONAL, sa_type=UtcDateTime)
    order_before: list[str] | None = column(NOT_PERSONAL, sa_type=JSON, default=None)
    gap_told_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)


class CallListEntry(SQLModel, table=True):
    """One person's place on one site's call list. Positions count from 1 without gaps.

    A pause has both days, the first and the last one away.
    """

    __tablename__ = "call_list_entries"
    __table_args__ = (
        UniqueConstraint("site_id", "position"),
        UniqueConstraint("site_id", "contact_id"),
        CheckConstraint("role IN ('decide', 'cancel')", name="role_is_known"),
        CheckConstraint(
            "answer IN ('none', 'accepted', 'declined', 'left')", name="answer_is_known"
        ),
        CheckConstraint(
            "(paused_from IS NULL) = (paused_until IS NULL)", name="pause_has_both_days"
        ),
        runs_out(going_with(Retention.CONTACT_END, "contact_id")),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(LINKAGE, foreign_key="customers.id", ondelete="CASCADE", index=True)
    site_id: UUID = column(CALLED, foreign_key="sites.id", ondelete="CASCADE")
    contact_id: UUID = column(
        LINKAGE, foreign_key="alarm_contacts.id", ondelete="CASCADE", index=True
    )
    position: int = column(CALLED)
    role: str = column(CALLED, max_length=10)
    key_holder: bool = column(CALLED, default=False)
    valid_from: date | None = column(CALLED, default=None)
    valid_until: date | None = column(CALLED, default=None)
    answer: str = column(CALLED_AS_THEY_SAY, max_length=10, default=Answer.NONE.value)
    answered_at: datetime | None = column(CALLED_AS_THEY_SAY, default=None, sa_type=UtcDateTime)
    paused_from: date | None = column(CALLED_AS_THEY_SAY, default=None)
    paused_until: date | None = column(CALLED_AS_THEY_SAY, default=None)
    created_at: datetime = column(CALLED, sa_type=UtcDateTime)


class StationFeed(SQLModel, table=True):
    """The one row (id 1) that numbers the versions of all call lists, and says how far the
    monitoring station has come.

    Whoever changes a list takes its next number under this row's lock as the last act, so that
    versions become visible in their order.
    """

    __tablename__ = "station_feed"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: int = column(NOT_PERSONAL, default=1, primary_key=True)
    version: int = column(NOT_PERSONAL, sa_type=BigInteger, default=0)
    fetched_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)
    acknowledged_version: int = column(NOT_PERSONAL, sa_type=BigInteger, default=0)
    acknowledged_at: datetime | None = column(NOT_PERSONAL, default=None, sa_type=UtcDateTime)


class By(StrEnum):
    """Who made a change, as the customer may know it."""

    MEMBER = "member"
    CONTACT = "contact"
    SENSORNORDIC = "sensornordic"


class ContactEvent(StrEnum):
    """What the history of a call list tells."""

    ADDED = "added"
    EDITED = "edited"
    MOVED = "moved"
    MOVE_UNDONE = "move undone"
    REMOVED = "removed"
    IMPORTED = "imported"
    CONFIRMED = "confirmed"  # a member confirmed having told an imported contact
    INVITED = "invited"
    MAIL_SENT = "mail sent"
    MAIL_RETURNED = "mail returned"
    REMINDED = "reminded"
    REVOKED = "invitation taken back"
    NO_ANSWER = "no answer"
    NOT_ME = "not me"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_TAKEN_BACK = "no taken back"
    PAUSED = "paused"
    BACK = "back"
    LEFT = "left"
    COURSE = "course taken"
    LETTER = "letter given"
    CODE_WORD = "code word changed"
    OWN_DETAILS = "own details changed"
    ERASED = "erased"  # by then nothing says who it was


class ContactChange(SQLModel, table=True):
    """One line of the history. `name` is the contact's as it was; `details` holds codes, numbers
    and field names, never what a contact said of themselves. `user_id` is the contact's account
    once their own row has gone, so that the name can go with the account.
    """

    __tablename__ = "contact_changes"
    __table_args__ = (
        CheckConstraint("by IN ('member', 'contact', 'sensornordic')", name="by_is_known"),
        Index("ix_contact_changes_customer_id_id", "customer_id", "id"),
        runs_out(counted(Retention.HISTORY, lambda row: row.at)),
    )

    id: int | None = column(NOT_PERSONAL, default=None, primary_key=True)
    customer_id: UUID = column(CONTACT_HISTORY, foreign_key="customers.id", ondelete="CASCADE")
    site_id: UUID | None = column(
        CONTACT_HISTORY, default=None, foreign_key="sites.id", ondelete="CASCADE"
    )
    contact_id: UUID | None = column(
        CONTACT_NAMED,
        default=None,
        foreign_key="alarm_contacts.id",
        ondelete="SET NULL",
        index=True,
    )
    user_id: UUID | None = column(
        CONTACT_NAMED, default=None, foreign_key="users.id", ondelete="SET NULL", index=True
    )
    name: str = column(CONTACT_NAMED, max_length=120)
    at: datetime = column(CONTACT_HISTORY, sa_type=UtcDateTime, index=True)
    event: str = column(CONTACT_HISTORY, max_length=30)
    details: dict[str, Any] = column(CONTACT_HISTORY, sa_type=JSON, default_factory=dict)
    by: str = column(CONTACT_HISTORY, max_length=12)
    changed_by: UUID | None = column(
        ATTRIBUTION, default=None, foreign_key="users.id", ondelete="SET NULL"
    )


class InvitationBar(SQLModel, table=True):
    """Somebody said no to this customer: until then nobody may ask them again.

    `person_hash` is a keyed hash of an e-mail address or a phone number; a no leaves one of each.
    """

    __tablename__ = "invitation_bars"
    __table_args__ = (
        UniqueConstraint("customer_id", "person_hash"),
        runs_out(counted(Retention.BAR_END, lambda row: row.until)),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(BAR, foreign_key="customers.id", ondelete="CASCADE")
    person_hash: str = column(BAR, max_length=64)
    until: datetime = column(BAR, sa_type=UtcDateTime, index=True)


class CourseConfirmation(SQLModel, table=True):
    """That a contact took the short course on a role; it is renewed when its content changes."""

    __tablename__ = "course_confirmations"
    __table_args__ = (
        UniqueConstraint("contact_id", "role", "content_version"),
        runs_out(going_with(Retention.CONTACT_END, "contact_id")),
    )

    id: UUID = column(NOT_PERSONAL, default_factory=new_id, primary_key=True)
    customer_id: UUID = column(LINKAGE, foreign_key="customers.id", ondelete="CASCADE", index=True)
    contact_id: UUID = column(LINKAGE, foreign_key="alarm_contacts.id", ondelete="CASCADE")
    role: str = column(CONFIRMED, max_length=10)
    content_version: str = column(NOT_PERSONAL, max_length=16)
    at: datetime = column(CONFIRMED, sa_type=UtcDateTime)
