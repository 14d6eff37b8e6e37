"""What a copy calls things: every column and every value has words, and no two things the same."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import Column, Table
from sqlmodel import AutoString, col, select

import portal.tables  # noqa: F401 - declares every table
from portal.accounts.models import LinkPurpose, OneTimeLink, User
from portal.actor import Role, StaffRole
from portal.audit.trail import pseudonym
from portal.contacts.models import (
    AlarmContact,
    Answer,
    By,
    ContactChange,
    ContactEvent,
    ContactRole,
    InvitationState,
)
from portal.customers.models import (
    ChangeSource,
    CompanyChange,
    Customer,
    CustomerKind,
    MoveStatus,
    Site,
)
from portal.database import metadata, reading, transaction
from portal.datamap import Export, entry_of
from portal.invitations.models import Outcome
from portal.languages import LOCALES, using
from portal.mail import letters
from portal.marketing.models import ALL, Basis, Channel, Decision, Topic, Way
from portal.notices.models import Audience
from portal.notices.models import Channel as NoticeChannel
from portal.privacy.copy_contents import DETAILS, Field, _names
from portal.privacy.copy_page import breaks
from portal.privacy.copy_words import (
    _DETAILS,
    _FIELDS,
    _FIELDS_OF,
    _PARTS,
    About,
    field_words,
    value_words,
)
from portal.privacy.deletions import ask_deletion, preview
from portal.privacy.models import Deletion, RequestKind, Scope, Verification
from tests.privacy.copies.conftest import Planted, copy_for, part_of, text_of

COUNTRIES = ("NO", "SE", "DK", "FI")
# What the columns of text hold that people have not typed, and that is not a number or a name.
CODES: dict[str, Iterable[str]] = {
    "alarm_contacts.invitation_state": InvitationState,
    "alarm_contacts.locale": LOCALES,
    "alarm_contacts.own_locale": LOCALES,
    "call_list_entries.answer": Answer,
    "call_list_entries.role": ContactRole,
    "company_changes.source": ChangeSource,
    "contact_changes.by": By,
    "contact_changes.event": ContactEvent,
    "course_confirmations.role": ContactRole,
    "customers.country": COUNTRIES,
    "customers.kind": CustomerKind,
    "data_requests.kind": RequestKind,
    "data_requests.locale": LOCALES,
    "data_requests.verified_by": [each for each in Verification if each],
    "deletions.scope": Scope,
    "invitations.locale": LOCALES,
    "invitations.outcome": Outcome,
    "invitations.role": Role,
    "marketing_choices.basis": Basis,
    "marketing_choices.channel": Channel,
    "marketing_choices.topic": Topic,
    "marketing_choices.way": Way,
    "marketing_mailings.period": ["2026-11-23"],
    "marketing_mailings.topic": Topic,
    "marketing_receipts.basis": Basis,
    "marketing_receipts.channel": [*Channel, ALL],
    "marketing_receipts.decision": Decision,
    "marketing_receipts.locale": LOCALES,
    "marketing_receipts.topic": [*Topic, ALL],
    "marketing_receipts.way": Way,
    "members.role": Role,
    "moving_requests.country": COUNTRIES,
    "moving_requests.status": MoveStatus,
    "notices_given.audience": Audience,
    "notices_given.channel": NoticeChannel,
    "notices_given.locale": LOCALES,
    "one_time_links.purpose": LinkPurpose,
    "outbox.kind": letters.kinds(),
    "outbox.locale": LOCALES,
    "ownership_offers.outcome": Outcome,
    "sites.country": COUNTRIES,
    "survey_answers.period": ["2026-11-23"],
    "users.locale": LOCALES,
    "users.staff_role": StaffRole,
}
# The others hold what somebody typed, names, numbers and addresses.
TYPED = re.compile(
    r"\.(address|city|device|email|extension_reason|field|invoice_email|message_id|name|new"
    r"|number|old|organisation_form|organisation_number|own_phone|phone|postal_code|recipient"
    r"|relation|text|text_hash|text_version|told_words|version|words)$"
    r"|^marketing_receipts\.source$|^data_requests\.answer$"
)


def shown(table: Table) -> list[Column[object]]:
    return [
        column
        for column in table.columns
        if entry_of(column).export is not Export.WITHHELD and not column.foreign_keys
    ]


def every_shown() -> Iterator[Column[object]]:
    for table in metadata.sorted_tables:
        yield from shown(table)


def field_of(column: Column[object], name: str = "") -> Field:
    return Field(name or column.name, str(column), "kind", entry_of(column), {})


def test_every_column_that_a_copy_shows_has_words() -> None:
    unnamed = [
        str(each)
        for each in every_shown()
        if str(each) not in _FIELDS_OF and each.name not in _FIELDS
    ]
    assert unnamed == []
    assert set(_FIELDS_OF) <= {str(each) for each in every_shown()}


def test_every_part_that_a_copy_of_a_person_shows_has_words() -> None:
    named = {name for _about, name in _PARTS}
    tables = {each.table.name.replace("_", "-") for each in every_shown()}
    assert tables - named == set()
    assert (About.PERSON, "data-requests") in _PARTS


@pytest.mark.parametrize("locale", LOCALES)
def test_no_heading_stands_twice_in_one_table(locale: str) -> None:
    with using(locale):
        for table in metadata.sorted_tables:
            fields = [field_of(key, name) for name, key, _target in _names(table)]
            words = [field_words(each) for each in (*fields, *map(field_of, shown(table)))]
            assert len(set(words)) == len(words), (table.name, sorted(words))


def test_every_text_is_either_somebody_s_own_or_a_code_that_has_words() -> None:
    texts = {str(each) for each in every_shown() if isinstance(each.type, AutoString)}
    assert {each for each in texts if not TYPED.search(each)} == set(CODES)
    for place, codes in CODES.items():
        table, name = place.split(".")
        field = field_of(metadata.tables[table].c[name])
        for code in codes:
            assert value_words(field, str(code)) not in {"", str(code)}, (place, str(code))


def test_every_field_that_a_history_tells_of_has_words() -> None:
    """A change's field is a column of the customer, or one of the few that stand for more."""
    field = field_of(metadata.tables["company_changes"].c.field)
    edited = {each.name for each in shown(metadata.tables["customers"])}
    more = {"site", "site_name", "site_address", "moving_request", "move_confirmed"}
    for name in (edited | more) - {"closed_at", "created_at"}:
        assert value_words(field, name) != name


def test_details_tell_what_a_reader_understands_and_no_more(
    planted: Planted, clock: datetime
) -> None:
    assert set(DETAILS) == set(_DETAILS)
    with transaction() as db:
        contact = db.get_one(AlarmContact, planted.at_nordlys)
        for details in ({"fields": ["phone", "valid_from"]}, {"to": 2}, {"row": "5b1c-internal"}):
            db.add(
                ContactChange(
                    customer_id=contact.customer_id,
                    contact_id=contact.id,
                    name=contact.name,
                    at=clock,
                    event=ContactEvent.EDITED.value,
                    details=details,
                    by="contact",
                    changed_by=planted.ola.user,
                )
            )
    files = copy_for(planted.ola, clock)
    index = files["index.html"].decode()
    assert "What: Phone, From" in index
    assert "Place: 2" in index
    assert "5b1c-internal" not in text_of(files)


def test_a_link_that_keeps_an_account_tells_no_number_of_ours(
    planted: Planted, clock: datetime
) -> None:
    with transaction() as db:
        phrase = preview(db, planted.kari, Scope.ACCOUNT, now=clock).phrase
        ask_deletion(
            db,
            planted.kari,
            Scope.ACCOUNT,
            confirmation=phrase,
            at_once=False,
            locale="en",
            now=clock,
        )
    with reading() as db:
        deletion = db.exec(select(Deletion)).one()
        kept = db.exec(select(OneTimeLink).where(col(OneTimeLink.purpose) == "keep-account"))
        assert kept.one().details == {"deletion": str(deletion.id)}
    files = copy_for(planted.kari, clock)
    assert str(deletion.id) not in text_of(files)
    assert "To keep what was to be deleted" in files["index.html"].decode()
    _assert_no_pseudonym(text_of(files))


def test_no_name_of_the_audit_trail_stands_in_any_file(planted: Planted, clock: datetime) -> None:
    """A pseudonym leads to what outlives its person; whoever finds a copy must not get it."""
    for who in planted.people.values():
        _assert_no_pseudonym(text_of(copy_for(who, clock)))


def _assert_no_pseudonym(said: str) -> None:
    kinds = {"user": User, "contact": AlarmContact, "site": Site, "customer": Customer}
    with reading() as db:
        names = {
            pseudonym(kind, row.id): kind
            for kind, table in kinds.items()
            for row in db.exec(select(table))
        }
    assert set(names.values()) == set(kinds)
    assert [kind for name, kind in names.items() if name in said] == []


CHANGED = {
    "phone": ("+4790000777", "+47 90 00 07 77"),
    "country": ("SE", "Sweden"),
    "contract_end": ("2031-05-18", "18 May 2031"),
    "moving_request": (
        "Kaigata 9, 7010 Trondheim, 2031-06-01",
        "Kaigata 9, 7010 Trondheim, 1 June",
    ),
    "name": ("+4790000778", "+4790000778"),  # a name is whatever somebody typed
}


@pytest.mark.parametrize("changed", CHANGED)
def test_changes_of_company_details_read_as_the_details_do(
    planted: Planted, clock: datetime, changed: str
) -> None:
    stored, read = CHANGED[changed]
    with transaction() as db:
        db.add(
            CompanyChange(
                customer_id=planted.lists.people.nordlys,
                at=clock,
                field=changed,
                old="",
                new=stored,
                version=9,
                source="portal",
                changed_by=planted.kari.user,
            )
        )
    files = copy_for(planted.kari, clock)
    assert f">{read}" in files["index.html"].decode()
    told = part_of(files, "person", "company-changes")["rows"]
    assert stored in [each["new"] for each in told]


def test_a_mail_says_what_it_was_about(planted: Planted, clock: datetime) -> None:
    files = copy_for(planted.kari, clock)
    (mail,) = [
        each
        for each in part_of(files, "person", "outbox")["rows"]
        if each["kind"] == "password-changed"
    ]
    assert mail["recipient"] == "kari@nordlys.example"
    table = files["csv/you/outbox.csv"].decode()
    assert "What it was about" in table
    assert "Your account" in table
    assert "password-changed" not in table


def test_addresses_break_where_they_are_read_in_parts() -> None:
    parts = {
        "kari@nordlys.example": ["kari@", "nordlys", ".example"],
        "csv/you/users.csv": ["csv/", "you/", "users", ".csv"],
        "Nordlys Bakeri AS": ["Nordlys Bakeri AS"],
    }
    for text, wanted in parts.items():
        assert [part for piece in breaks(text) for part in piece if part] == wanted
    said = "Storgata 4, kari@nordlys.example. Ring +47 90 00 01 01!\nÅ være"
    assert "".join(part for piece in breaks(said) for part in piece) == said


def test_an_address_on_a_page_is_copied_whole(planted: Planted, clock: datetime) -> None:
    """A possible line break is no character; a hyphen that is shown would be taken for one."""
    index = copy_for(planted.kari, clock)["index.html"].decode()
    told = '<span class="unhyphenated">kari@<wbr>nordlys<wbr>.example</span>'
    assert told in index
