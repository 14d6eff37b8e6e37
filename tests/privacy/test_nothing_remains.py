"""After an erasure nothing leads to the person: every column of every table is searched, the mail
folder, the ledger and the log.

Words that stand nowhere else are planted wherever she can type, and wherever others type about
her. What may still be found is declared here, with its reason.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.device import device_name
from portal.accounts.email_change import ask_email_change
from portal.accounts.models import User
from portal.accounts.profile import ProfileChanges, change_profile
from portal.accounts.sessions import start
from portal.actor import Actor, Role
from portal.contacts.answering import accept
from portal.contacts.code_words import set_code_word
from portal.contacts.models import AlarmContact
from portal.contacts.own_alarms import change_own_details, pause
from portal.contacts.removing import remove_contact
from portal.contacts.taking_off import contacts_of
from portal.customers.models import Member
from portal.customers.team_invitations import invite_colleague
from portal.database import metadata, reading, transaction
from portal.jobs import erase_due
from portal.mail import mailbox
from portal.mail.delivery import deliver_due
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.mail.transports import FolderTransport
from portal.marketing.models import SurveyAnswer
from portal.marketing.pauses import pause_marketing
from portal.privacy.deletions import ask_deletion
from portal.privacy.ledger import ledger_file
from portal.privacy.models import RequestKind, Scope
from portal.privacy.requests import open_request
from portal.settings import get_settings
from tests.contacts.people import account, entry_of, invitation_token, named
from tests.marketing.conftest import choose
from tests.privacy.conftest import Neighbours
from tests.visitors import Configure

NAME, EMAIL, WISHED = "Quxana Quxberg", "quxana@quxmail.example", "quxana@quxwish.example"
PHONE, OWN_PHONE = "+4790000777", "+4790000778"
# A case stays for three years, with the name of whom it was (the data map says why).
DECLARED = frozenset(
    {"data_requests.name", "data_requests.email", "data_requests.phone", "data_requests.words"}
)
REQUEST = "quxquestion about my data"
RELATION, CODE_WORD, WORDS = "quxsister", "quxanemone", "quxwords of praise"
PLANTED = re.compile(rf"qux|{PHONE[1:]}|{OWN_PHONE[1:]}", re.IGNORECASE)


@pytest.fixture
def own_folder(tmp_path: Path, configure: Configure) -> None:
    """Files of this test alone."""
    configure(DATA_DIR=str(tmp_path / "var"))


@pytest.fixture
def quxana(own_folder: None, db: Session, neighbours: Neighbours, clock: datetime) -> Actor:
    """A member of Nordlys Bakeri and an alarm contact there and of Nils, who left a trace wherever
    the portal lets anybody leave one.
    """
    person = account(db, EMAIL, NAME, clock)
    nordlys = neighbours.lists.people.nordlys
    db.add(
        Member(
            user_id=person.id,
            customer_id=nordlys,
            role=Role.ADMINISTRATOR.value,
            created_at=clock,
        )
    )
    _, session = start(db, person, device=device_name("quxfox"), now=clock)
    db.flush()
    actor = Actor(
        person.id,
        person.name,
        "nb",
        nordlys,
        Role.ADMINISTRATOR,
        is_contact=True,
        session_id=session.id,
        authenticated_at=clock,
    )
    _named_by_others(db, neighbours, person, clock)
    _types_herself(db, neighbours, actor, clock)
    return actor


def _named_by_others(db: Session, neighbours: Neighbours, person: User, clock: datetime) -> None:
    for owner, site in ((neighbours.kari, None), (neighbours.nils, neighbours.lists.holm)):
        added = named(
            db,
            neighbours.lists,
            NAME,
            777,
            now=clock,
            site=site,
            actor=owner,
            email=EMAIL,
            relation=RELATION,
        )
        yes = [entry_of(db, added).id]
        token = invitation_token(db, EMAIL)
        accept(db, token, yes=yes, user=person, sure=False, now=clock)
        set_code_word(db, owner, added.contact_id, CODE_WORD, now=clock)
    invite_colleague(
        db, neighbours.nils, name=NAME, email=EMAIL, role="colleague", locale="nb", now=clock
    )


def _types_herself(db: Session, neighbours: Neighbours, actor: Actor, clock: datetime) -> None:
    change_profile(db, actor, ProfileChanges(name=NAME, phone=PHONE, locale="nb"), now=clock)
    ask_email_change(db, actor, WISHED, now=clock)
    change_own_details(db, actor, phone=OWN_PHONE, locale="nb", now=clock)
    choose(db, actor, clock, offers_email=True)
    pause_marketing(db, actor, clock.date() + timedelta(days=9), locale="nb", now=clock)
    db.add(
        SurveyAnswer(
            user_id=actor.user,
            customer_id=neighbours.lists.people.nordlys,
            period="2026-11-23",
            score=5,
            words=WORDS,
            at=clock,
        )
    )
    named(db, neighbours.lists, "Liv Vik", 333, now=clock, actor=actor)
    pause_ends = clock.date() + timedelta(days=3)
    mine = next(each for each in _places(db, actor) if each.answer == "accepted")
    pause(db, actor, mine.id, first=clock.date(), last=pause_ends, sure=True, now=clock)
    invite_colleague(
        db,
        replace(actor, is_contact=False),
        name="Per Ny",
        email="per.ny@nordlys.example",
        role="colleague",
        locale="nb",
        now=clock,
    )
    open_request(db, actor, RequestKind.OTHER.value, REQUEST, now=clock)
    (at_holm,) = [each for each in _places(db, actor) if each.site_id == neighbours.lists.holm]
    remove_contact(db, neighbours.nils, at_holm.id, sure=True, now=clock)


def _places(db: Session, actor: Actor):
    from portal.contacts.models import CallListEntry

    return (
        db.execute(
            select(CallListEntry)
            .join(AlarmContact, col(AlarmContact.id) == col(CallListEntry.contact_id))
            .where(col(AlarmContact.user_id) == actor.user)
        )
        .scalars()
        .all()
    )


def identifiers(db: Session, actor: Actor) -> list[str]:
    """The ids by which rows refer to her account and to her as an alarm contact."""
    return [str(actor.user), *map(str, contacts_of(db, actor.user))]


def traces(db: Session, hers: list[str]) -> Iterator[str]:
    """Where a planted word, or one of her ids, stands in the database."""
    for table in metadata.sorted_tables:
        for row in db.execute(select(table)).mappings():
            for column, value in row.items():
                text = _opened(value) if column == "body" else str(value)
                if PLANTED.search(text) or any(each in text for each in hers):
                    yield f"{table.name}.{column}"


def _opened(body: str | None) -> str:
    letter = Letter.opened(body) if body else None
    return f"{letter.subject} {letter.text}" if letter else ""


def deliver(now: datetime) -> None:
    deliver_due(FolderTransport(get_settings().mail_folder), lambda: now)


def test_the_words_stand_everywhere_before(db: Session, quxana: Actor, clock: datetime) -> None:
    """Else their absence would prove nothing."""
    db.commit()
    deliver(clock)  # the proof that a notice was given is written as its mail leaves
    with reading() as after:
        hers = identifiers(after, quxana)
        found = {each.partition(".")[0] for each in traces(after, hers)}
    assert found >= {
        "users",
        "sessions",
        "one_time_links",
        "members",
        "marketing_choices",
        "marketing_pauses",
        "survey_answers",
        "alarm_contacts",
        "contact_changes",
        "invitations",
        "notices_given",
        "outbox",
    }


def test_nothing_leads_to_whoever_was_erased(
    db: Session, quxana: Actor, clock: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    hers = identifiers(db, quxana)
    deletion = ask_deletion(
        db, quxana, Scope.ACCOUNT, confirmation=EMAIL, at_once=False, locale="nb", now=clock
    )
    db.commit()
    deliver(clock)  # what was posted before has reached its readers
    assert mailbox.received(recipient=EMAIL)
    capsys.readouterr()

    assert erase_due(deletion.due_at) == 1

    with reading() as after:
        left = set(traces(after, hers))
        waiting = {
            mail.kind
            for mail in after.exec(select(OutboxMessage)).scalars()  # pyright: ignore[reportCallIssue, reportArgumentType]
            if mail.recipient == EMAIL or PLANTED.search(_opened(mail.body))
        }
    # Mails that wait for a moment: the certificate, and what tells the others that she has gone.
    assert left - DECLARED <= {"outbox.recipient", "outbox.body"}
    assert waiting == {"deletion-done", "contact-left", "team-left"}

    deliver(deletion.due_at)
    with reading() as after:
        assert set(traces(after, hers)) == DECLARED
    # The folder holds what others were sent, as their mailboxes do, and her certificate.
    (last,) = mailbox.received(recipient=EMAIL)
    assert any("/go/certificate/" in link for link in last.links)
    assert not PLANTED.search(ledger_file().read_text(encoding="utf-8"))
    assert str(quxana.user) not in ledger_file().read_text(encoding="utf-8")
    said = capsys.readouterr()
    assert not PLANTED.search(said.out + said.err)


def test_her_copy_in_the_other_role_stays(db: Session, quxana: Actor, clock: datetime) -> None:
    deletion = ask_deletion(
        db,
        quxana,
        Scope.MEMBERSHIP,
        confirmation="Nordlys Bakeri AS",
        at_once=False,
        locale="nb",
        now=clock,
    )
    db.commit()
    deliver(clock)
    assert erase_due(deletion.due_at) == 1
    with transaction() as after:
        hers = identifiers(after, quxana)
        found = {each.partition(".")[0] for each in traces(after, hers)}
        assert {"users", "alarm_contacts", "contact_changes"} <= found
        assert not {"members", "marketing_choices", "survey_answers"} & found
