"""The short course on what an alarm contact does: one for each role, with a few questions.

Whoever answers all of them rightly has taken it. It is renewed only when its content changes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.changes import note
from portal.contacts.models import (
    AlarmContact,
    Answer,
    CallListEntry,
    ContactEvent,
    ContactRole,
    CourseConfirmation,
)
from portal.errors import InvalidFieldsError, InvalidValueError, NotFoundError, PortalError
from portal.languages import N_


@dataclass(frozen=True)
class Question:
    """A question with its possible answers by value; `right` is the value of the right one."""

    name: str
    words: str
    answers: tuple[tuple[str, str], ...]
    right: str
    because: str


@dataclass(frozen=True)
class Course:
    """What to read, as pairs of heading and text, and what to answer."""

    parts: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class CourseState:
    """A course that the person should know; `taken_at` is None while it is due."""

    role: ContactRole
    taken_at: datetime | None


_SAFETY = (
    N_("Your safety comes first"),
    N_(
        "Never go in alone when something looks wrong: an open door, broken glass, smoke, a "
        "stranger. Keep your distance and call 112. Nobody expects you to be a guard."
    ),
)
_CALL = (
    N_("When the telephone rings"),
    N_(
        "We say who we are, which site it is about and what the alarm has told us. If a code word "
        "is agreed, we both say it before anything else. Without it, hang up and call us back."
    ),
)
_FREE = (
    N_("You may always say no"),
    N_(
        "If you cannot talk, are away or have had a glass of wine, say so. We call the next person "
        "on the list. You can take a break or leave in the portal whenever you like."
    ),
)
_KEY = (
    N_("If you have a key"),
    N_(
        "Come only when we or the police ask you to, and wait outside until they say that it is "
        "safe. Never lend the key, and tell the customer at once if it is lost."
    ),
)
_ENTER = Question(
    "enter",
    N_("You stand outside and see a broken window. What do you do?"),
    (
        ("look", N_("Go in and look")),
        ("wait", N_("Keep my distance and call 112")),
        ("shout", N_("Shout that the police are coming")),
    ),
    "wait",
    N_("Somebody may still be inside. Keep your distance, and call 112."),
)
_WORD = Question(
    "word",
    N_("The caller does not know the code word that was agreed. What do you do?"),
    (
        ("answer", N_("Answer, it is surely in order")),
        ("back", N_("Hang up and call SensorNordic back")),
    ),
    "back",
    N_("Only the code word proves who calls. Hang up, and call us back."),
)

_COURSES: dict[ContactRole, Course] = {
    ContactRole.DECIDE: Course(
        (
            (
                N_("What you decide"),
                N_(
                    "You are called when the customer does not answer. With us you decide whether "
                    "a guard or the police should come, or whether it is a false alarm. If you "
                    "are in doubt, let somebody come: nobody will blame you."
                ),
            ),
            _CALL,
            _SAFETY,
            _KEY,
            _FREE,
        ),
        (
            Question(
                "doubt",
                N_("You are not sure whether the alarm is false. What do you say?"),
                (
                    ("cancel", N_("Cancel it, it usually is nothing")),
                    ("send", N_("Let somebody come and look")),
                ),
                "send",
                N_("When in doubt, let somebody come. A trip for nothing harms nobody."),
            ),
            _ENTER,
            _WORD,
        ),
    ),
    ContactRole.CANCEL: Course(
        (
            (
                N_("What you may say"),
                N_(
                    "You are called when the customer does not answer. If you know that it is a "
                    "false alarm, because you set it off or can see why, you may cancel it with "
                    "the code word. You decide nothing else."
                ),
            ),
            _CALL,
            _SAFETY,
            _KEY,
            _FREE,
        ),
        (
            Question(
                "sure",
                N_("When do you cancel an alarm?"),
                (
                    ("known", N_("Only when I know that it is false")),
                    ("likely", N_("When it is probably nothing")),
                ),
                "known",
                N_("Cancel only what you know to be false. Otherwise we send help as agreed."),
            ),
            _ENTER,
            _WORD,
        ),
    ),
}


def course(role: ContactRole) -> Course:
    """The course on a role; its texts are to be translated for the reader."""
    return _COURSES[role]


def content_version(role: ContactRole) -> str:
    """The name of the course's content: it changes when a word of it does."""
    content = json.dumps(asdict(_COURSES[role]), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def own_courses(db: Session, actor: Actor) -> list[CourseState]:
    """The courses on the roles that the actor holds, anywhere."""
    roles = db.execute(
        select(col(CallListEntry.role))
        .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
        .where(
            col(AlarmContact.user_id) == actor.user,
            col(CallListEntry.answer).in_([Answer.NONE.value, Answer.ACCEPTED.value]),
        )
        .distinct()
    ).scalars()
    return [
        CourseState(role, _taken_at(db, actor, role))
        for role in sorted(map(ContactRole, roles), reverse=True)
    ]


def confirm_course(
    db: Session, actor: Actor, role: ContactRole, answers: Mapping[str, str], *, now: datetime
) -> None:
    """Take the course: every question is answered rightly. It counts for every customer.

    Raises:
        NotFoundError: the actor holds no such role.
        InvalidFieldsError: for each question without its right answer `course-answer-missing`, or
            `course-answer-wrong` with `because`, why another one is right.
    """
    if role not in {each.role for each in own_courses(db, actor)}:
        raise NotFoundError
    wrong = _wrong_answers(role, answers)
    if wrong:
        raise InvalidFieldsError(wrong)
    version = content_version(role)
    contacts = db.execute(
        select(AlarmContact)
        .where(col(AlarmContact.user_id) == actor.user)
        .order_by(col(AlarmContact.id))
        .with_for_update()
    ).scalars()
    taken = db.execute(
        select(col(CourseConfirmation.contact_id))
        .join(AlarmContact, col(AlarmContact.id) == col(CourseConfirmation.contact_id))
        .where(
            col(AlarmContact.user_id) == actor.user,
            col(CourseConfirmation.role) == role.value,
            col(CourseConfirmation.content_version) == version,
        )
    )
    known = set(taken.scalars())
    for contact in [each for each in contacts if each.id not in known]:
        db.add(
            CourseConfirmation(
                customer_id=contact.customer_id,
                contact_id=contact.id,
                role=role.value,
                content_version=version,
                at=now,
            )
        )
        note(db, actor, ContactEvent.COURSE, contact, now=now)
    trail.record(db, AuditEvent.CONTACT_COURSE_TAKEN, actor, now=now, subject=actor.user)
    db.flush()


def _wrong_answers(role: ContactRole, answers: Mapping[str, str]) -> dict[str, PortalError]:
    wrong: dict[str, PortalError] = {}
    for question in _COURSES[role].questions:
        given = answers.get(question.name, "")
        if not given:
            wrong[question.name] = InvalidValueError("course-answer-missing", question.name)
        elif given != question.right:
            wrong[question.name] = InvalidValueError(
                "course-answer-wrong", question.name, because=question.because
            )
    return wrong


def _taken_at(db: Session, actor: Actor, role: ContactRole) -> datetime | None:
    return db.execute(
        select(func.max(col(CourseConfirmation.at)))
        .join(AlarmContact, col(AlarmContact.id) == col(CourseConfirmation.contact_id))
        .where(
            col(AlarmContact.user_id) == actor.user,
            col(CourseConfirmation.role) == role.value,
            col(CourseConfirmation.content_version) == content_version(role),
        )
    ).scalar()
