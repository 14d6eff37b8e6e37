"""Kari's customer with everything that anybody can type into it, and what copies say of that."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlmodel import Session, col, select

from portal import limits
from portal.accounts.models import LinkPurpose, OneTimeLink, SignInSession, User
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.code_words import encrypted
from portal.contacts.models import AlarmContact, Answer, CallListEntry, ContactBatch
from portal.customers.models import (
    CompanyChange,
    Customer,
    ImportConflict,
    MovingRequest,
    Site,
)
from portal.database import transaction
from portal.invitations.models import Invitation
from portal.languages import using
from portal.mail.models import OutboxMessage
from portal.marketing.models import MarketingMailing, SurveyAnswer
from portal.notices.giving import record_given
from portal.notices.models import Audience, Channel
from portal.privacy.copy_archive import copy_of_person, record_of_customer
from tests.contacts.people import Lists, account, acting, add_lists, named
from tests.marketing.conftest import choose

PASSWORD_HASH = "HASHED-PASSWORD"
CODE_WORD = "hemmelig-sol"


@dataclass(frozen=True)
class Planted:
    """Whose copies are asked for. `at_nordlys` is Ola as a contact of Kari's."""

    lists: Lists
    kari: Actor
    liv: Actor
    tor: Actor
    nils: Actor
    ola: Actor
    siri: Actor
    at_nordlys: UUID

    @property
    def people(self) -> dict[str, Actor]:
        return {name: getattr(self, name) for name in ("kari", "liv", "tor", "nils", "ola")}


@pytest.fixture(autouse=True)
def empty_counters() -> Iterator[None]:
    limits.forget_everything()
    yield
    limits.forget_everything()


@pytest.fixture
def planted(database: str, clock: datetime) -> Planted:
    """Everybody has typed something that nobody else has."""
    with transaction() as db:
        return _plant(db, clock)


def _plant(db: Session, now: datetime) -> Planted:
    lists = add_lists(db, now)
    ola = account(db, "ola@berg.example", "OLA-OF-THE-ACCOUNT", now)
    siri = User(
        email="siri@support.example",
        name="Siri Dahl",
        locale="en",
        staff_role="agent",
        created_at=now,
    )
    db.add(siri)
    db.flush()
    ola_actor = acting(ola, now)
    at_nordlys = _contacts(db, lists, ola.id, now)
    _customer(db, lists, now)
    for who, mark in ((lists.kari, "KARI"), (lists.people.liv, "LIV"), (lists.tor, "TOR")):
        _account(db, who, mark, now)
    _account(db, ola_actor, "OLA", now)
    _choices(db, lists, now)
    record_given(
        db, Audience.ALARM_CONTACT, locale="nb", channel=Channel.MAIL, now=now, user_id=ola.id
    )
    staff = Actor(siri.id, siri.name, "en", staff_role=None)
    trail.record(
        db, AuditEvent.COMPANY_CHANGED, staff, now=now, subject=lists.kari.user, case="CASE-77"
    )
    return Planted(
        lists, lists.kari, lists.people.liv, lists.tor, lists.nils, ola_actor, staff, at_nordlys
    )


def _account(db: Session, who: Actor, mark: str, now: datetime) -> None:
    user = db.get_one(User, who.user)
    user.password_hash = f"{PASSWORD_HASH}-{mark}"
    db.add(user)
    db.add(
        SignInSession(
            token_hash=f"HASHED-COOKIE-{mark}",
            user_id=who.user,
            device=f"DEVICE-OF-{mark}",
            created_at=now,
            last_seen_at=now,
            authenticated_at=now,
            expires_at=now + timedelta(days=30),
        )
    )
    db.add(
        OneTimeLink(
            token_hash=f"HASHED-LINK-{mark}",
            purpose=LinkPurpose.CONFIRM_EMAIL.value,
            user_id=who.user,
            details={"email": f"wanted-by-{mark.lower()}@new.example"},
            created_at=now,
            expires_at=now,
        )
    )
    db.add(
        OutboxMessage(
            message_id=f"<{mark}@mail.example>",
            kind="password-changed",
            user_id=who.user,
            recipient=user.email,
            locale="en",
            body=f"BODY-OF-MAIL-{mark}",
            created_at=now,
            due_at=now,
        )
    )


def _contacts(db: Session, lists: Lists, ola: UUID, now: datetime) -> UUID:
    """Ola at both customers, Berit at Nordlys alone; each says things of themselves."""
    typed: dict[str, Any] = {"email": "ola@berg.example", "relation": "RELATION-TYPED-BY-NORDLYS"}
    added = named(db, lists, "OLA-AT-NORDLYS", 104, now=now, **typed)
    named(db, lists, "BERIT-AT-NORDLYS", 105, now=now, email="berit@aas.example")
    theirs = {**typed, "relation": "RELATION-TYPED-BY-HOLM"}
    at_holm = named(
        db, lists, "OLA-AT-HOLM", 104, now=now, site=lists.holm, actor=lists.nils, **theirs
    )
    for each, phone in ((added, "+4790077001"), (at_holm, "+4790077002")):
        contact = db.get_one(AlarmContact, each.contact_id)
        contact.user_id, contact.own_phone = ola, phone
        contact.code_word = encrypted(CODE_WORD)
        db.add(contact)
        for offer in db.exec(select(Invitation).where(col(Invitation.contact_id) == contact.id)):
            offer.accepted_by = ola
        entry = db.get_one(CallListEntry, each.entry_id)
        entry.answer, entry.answered_at = Answer.ACCEPTED.value, now
        entry.paused_from = entry.paused_until = datetime(2031, 5, 17, tzinfo=UTC).date()
        db.add(entry)
    return added.contact_id


def _customer(db: Session, lists: Lists, now: datetime) -> None:
    nordlys = db.get_one(Customer, lists.people.nordlys)
    nordlys.city, nordlys.invoice_email = "CITY-OF-NORDLYS", "invoices@nordlys.example"
    nordlys.back_office_values = {"name": "BACK-OFFICE-SAYS"}
    torget = db.get_one(Site, lists.torget)
    torget.name, torget.back_office_name = "SITE-TORGET", "OFFICE-CALLS-IT-SO"
    for site in db.exec(select(Site).where(col(Site.back_office_name) == "Storgata 4")):
        site.back_office_name = "OFFICE-CALLS-IT-SO"
    mine: dict[str, Any] = {"customer_id": nordlys.id}
    db.add_all(
        [
            nordlys,
            torget,
            CompanyChange(
                **mine,
                at=now,
                field="phone",
                old="OLD-BEFORE-LIV",
                new="NEW-BY-LIV",
                version=2,
                source="portal",
                changed_by=lists.people.liv.user,
            ),
            MovingRequest(
                **mine,
                site_id=lists.torget,
                address="MOVES-TO-HERE",
                postal_code="7010",
                city="Trondheim",
                country="NO",
                moves_on=now.date(),
                requested_by=lists.kari.user,
                requested_at=now,
            ),
            ImportConflict(
                **mine,
                field="name",
                portal_value="x",
                back_office_value="OFFICE-THINKS",
                newer_in_file=True,
                found_at=now,
            ),
            Invitation(
                **mine,
                kind="member",
                role="colleague",
                name="INVITED-COLLEAGUE",
                email="new@colleague.example",
                locale="nb",
                token_hash="HASHED-INVITATION",
                invited_by=lists.kari.user,
                created_at=now,
                expires_at=now,
            ),
            ContactBatch(imported_at=now, contacts=1),
        ]
    )


def _choices(db: Session, lists: Lists, now: datetime) -> None:
    for who, mark in ((lists.kari, "KARI"), (lists.tor, "TOR")):
        choose(db, who, now, offers_email=True)
        keys: dict[str, Any] = {
            "user_id": who.user,
            "customer_id": who.customer_id,
            "period": "2026-11-01",
        }
        db.add(
            MarketingMailing(**keys, topic="surveys", at=now, token_hash=f"HASHED-SURVEY-{mark}")
        )
        db.add(SurveyAnswer(**keys, score=4, words=f"SURVEY-WORDS-OF-{mark}", at=now))


def files_of(packed: bytes) -> dict[str, bytes]:
    """The files of a copy, by their names."""
    with ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def copy_for(actor: Actor, now: datetime, locale: str = "en") -> dict[str, bytes]:
    with using(locale):
        return files_of(b"".join(copy_of_person(actor, now=now)))


def record_for(actor: Actor, now: datetime, locale: str = "en") -> dict[str, bytes]:
    with using(locale):
        return files_of(b"".join(record_of_customer(actor, now=now)))


def data_of(files: dict[str, bytes]) -> dict[str, Any]:
    return json.loads(files["data.json"])


def part_of(files: dict[str, bytes], about: str, name: str) -> dict[str, Any]:
    found = [
        each for each in data_of(files)["parts"] if (each["about"], each["name"]) == (about, name)
    ]
    assert len(found) == 1, f"{about} {name}"
    return found[0]


def text_of(files: dict[str, bytes]) -> str:
    """All that stands in a copy, whichever file says it."""
    return "\n".join(content.decode() for content in files.values())
