"""The people of the product, as the tests of accounts meet them."""

import re
from datetime import datetime
from functools import lru_cache

from passlib.context import CryptContext
from sqlmodel import Session, col, select

from portal.accounts import sessions
from portal.accounts.models import User
from portal.accounts.passwords import hash_password
from portal.accounts.proof import Proof, account_with, own_account, prove
from portal.accounts.sign_in import acting_as
from portal.actor import Actor, StaffRole, system
from portal.audit.models import AuditEntry
from portal.audit.trail import pseudonym
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage

PASSWORD = "nordic-demo-2026"
KARI = "kari@nordlys.example"
NILS = "nils@holm.example"
SIRI = "siri@support.example"
BACK_OFFICE = system("back office")


@lru_cache
def hashed(password: str) -> str:
    return hash_password(password)


def weakly_hashed(password: str) -> str:
    """A hash as it was made when machines were slower."""
    old = CryptContext(["argon2"], argon2__type="ID", argon2__memory_cost=8192, argon2__time_cost=1)
    return old.hash(password)


def add_user(
    db: Session,
    email: str,
    name: str,
    *,
    now: datetime,
    password: str | None = PASSWORD,
    staff_role: StaffRole | None = None,
    locale: str = "nb",
) -> User:
    """A user who is activated, unless `password` is None."""
    user = User(
        email=email,
        name=name,
        locale=locale,
        created_at=now,
        password_hash=hashed(password) if password else None,
        activated_at=now if password else None,
        staff_role=staff_role.value if staff_role else None,
    )
    db.add(user)
    db.flush()
    return user


def kari(db: Session, now: datetime) -> User:
    return add_user(db, KARI, "Kari Nordli", now=now)


def nils(db: Session, now: datetime) -> User:
    return add_user(db, NILS, "Nils Holm", now=now)


def siri(db: Session, now: datetime) -> User:
    return add_user(db, SIRI, "Siri Dahl", now=now, staff_role=StaffRole.AGENT)


def on_a_device(
    db: Session, user: User, now: datetime, device: str = "Firefox, Windows"
) -> tuple[Actor, str]:
    """The user signed in, and the token of the browser's cookie."""
    token, session = sessions.start(db, user, device=device, now=now)
    db.flush()
    plain = acting_as(user)
    actor = Actor(
        user_id=plain.user_id,
        name=plain.name,
        locale=plain.locale,
        staff_role=plain.staff_role,
        session_id=session.id,
        authenticated_at=session.authenticated_at,
    )
    return actor, token


def proof_of(db: Session, email: str, password: str = PASSWORD) -> Proof:
    """What comes of typing this at the sign-in page."""
    return prove(account_with(db, email), password)


def proof_again(db: Session, actor: Actor, password: str = PASSWORD) -> Proof:
    """What comes of typing this where the portal asks once more."""
    return prove(own_account(db, actor), password)


def mails(db: Session, recipient: str) -> list[str]:
    """The kinds of mail on their way to this address, the oldest first."""
    return [row.kind for row in _rows(db, recipient)]


def letter(db: Session, recipient: str, kind: str) -> str:
    """The text of the newest mail of this kind to this address."""
    row = [row for row in _rows(db, recipient) if row.kind == kind][-1]
    assert row.body is not None
    return Letter.opened(row.body).text


def token_in(text: str, purpose: str) -> str:
    """The token of the link in a mail."""
    found = re.search(rf"http://localhost:3000/go/{purpose}/([\w-]+)\?l=\w\w", text)
    assert found, text
    return found[1]


def mailed_token(db: Session, recipient: str, kind: str, purpose: str) -> str:
    return token_in(letter(db, recipient, kind), purpose)


def _rows(db: Session, recipient: str) -> list[OutboxMessage]:
    statement = select(OutboxMessage).where(col(OutboxMessage.recipient) == recipient)
    return sorted(db.exec(statement), key=lambda row: row.created_at)


def told(db: Session, about: User | None = None) -> list[str]:
    """What the trail tells after a commit, of everybody or of one user."""
    db.commit()
    statement = select(AuditEntry).order_by(col(AuditEntry.id))
    if about is not None:
        statement = statement.where(col(AuditEntry.subject) == pseudonym("user", about.id))
    return [entry.event for entry in db.exec(statement)]
