"""The password as proof of who somebody is, in three steps.

1. `account_with` or `own_account` reads what there is to compare with, in a short transaction.
2. `prove` compares. It takes 20 ms of one core, so it runs in the hashing pool and not inside a
   transaction: SQLite has one writer, and nobody should wait for it while a password is hashed.
3. A service takes the `Proof` and asks `proven`, which refuses it if the password has changed
   since the first step.
"""

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, select

from portal.accounts.models import User
from portal.accounts.passwords import hash_password, needs_update, verify_password
from portal.accounts.users import typed_address
from portal.actor import Actor


@dataclass(frozen=True, slots=True)
class Account:
    """Whose password is to be compared. Nobody's, if there is no such user."""

    user_id: UUID | None
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the password was right for this account.

    `better_hash` is set when the stored hash was made with parameters of another day.
    """

    account: Account
    right: bool
    better_hash: str | None = field(default=None, repr=False)


def account_with(db: Session, email: str) -> Account:
    """The account with this e-mail address, as it was typed, or nobody's: both look the same."""
    address = typed_address(email)
    found = db.exec(select(User.id, User.password_hash).where(User.email == address)).first()
    return Account(*found) if found else Account(None, None)


def own_account(db: Session, actor: Actor) -> Account:
    """The actor's own account."""
    statement = select(User.id, User.password_hash).where(User.id == actor.user)
    return Account(*db.exec(statement).one())


def prove(account: Account, password: str) -> Proof:
    """Compare the password. Slow; as slow for nobody's account and for one without a password."""
    right = verify_password(password, account.password_hash)
    stored = account.password_hash
    if right and stored is not None and needs_update(stored):
        return Proof(account, right, hash_password(password))
    return Proof(account, right)


def proven(db: Session, proof: Proof) -> User | None:
    """The user who is proven by this; None if the password was wrong or has changed meanwhile."""
    if not proof.right:
        return None
    user = db.exec(
        select(User)
        .where(User.id == proof.account.user_id)
        .with_for_update(key_share=True)  # a password change at the same time waits, or is seen
    ).first()
    if user is None or user.password_hash != proof.account.password_hash:
        return None
    if proof.better_hash is not None:
        user.password_hash = proof.better_hash
        db.add(user)
    return user
