"""What a developer sees at every start: where the portal is, who can sign in, where mail goes."""

from datetime import UTC, datetime

from sqlmodel import Session, select

from portal.accounts.models import User
from portal.database import reading, transaction
from portal.demo import PASSWORD, PEOPLE, load_demo
from portal.settings import Settings


def load_demo_once() -> None:
    """Load the demo people into a database that has no users yet."""
    with reading() as db:
        empty = not _has_users(db)
    if empty:
        with transaction() as db:
            load_demo(db, now=datetime.now(UTC))


def _has_users(db: Session) -> bool:
    return db.exec(select(User.id).limit(1)).first() is not None


def welcome(settings: Settings) -> str:
    """The lines to print before serving."""
    people = "\n".join(f"    {person.email:<24}{person.name}" for person in PEOPLE)
    mail = (
        f"{settings.origin}/dev/mailbox"
        if settings.mail_url == "folder"
        else settings.mail_url.rpartition("@")[2]
    )
    return (
        f"\n  The portal: {settings.origin}\n"
        f"  Mail goes to: {mail}\n"
        f"  Sign in with the password {PASSWORD} as\n{people}\n"
        "  Ctrl-C stops everything.\n"
    )
