"""A copy of one's data: everything about oneself, nothing that is somebody else's."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid, insert
from sqlmodel import Session, col, select

import portal.tables  # noqa: F401 - declares every table
from portal.accounts.models import User
from portal.actor import Actor, Role
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.contacts.models import AlarmContact
from portal.customers.models import Customer, Member
from portal.database import get_engine, metadata, reading, transaction
from portal.datamap import (
    NOT_PERSONAL,
    DataEntry,
    Export,
    Purpose,
    Retention,
    Source,
    Subject,
    entry_of,
)
from portal.errors import NotAllowedError
from portal.languages import LOCALES
from portal.notices import kinds
from portal.notices.models import NoticeGiven
from portal.privacy import copy_archive, copy_page
from portal.privacy.copy_archive import copy_of_person, record_of_customer
from portal.privacy.copy_contents import (
    MASK,
    parts_of_customer,
    parts_of_person,
    reader_of,
)
from portal.privacy.holdings import Person, holdings
from tests.contacts.people import named
from tests.customers.people import add_people
from tests.privacy.copies.conftest import (
    CODE_WORD,
    PASSWORD_HASH,
    Planted,
    copy_for,
    data_of,
    part_of,
    record_for,
    text_of,
)

EVERYBODY = {"kari", "liv", "tor", "nils", "ola"}
MEMBERS = {"kari", "liv", "tor"}
ADMINISTRATORS = {"kari", "liv"}
# What was typed or came about once, and in whose copies it stands.
WHERE = {
    "DEVICE-OF-KARI": {"kari"},
    "DEVICE-OF-LIV": {"liv"},
    "DEVICE-OF-TOR": {"tor"},
    "DEVICE-OF-OLA": {"ola"},
    "wanted-by-kari@new.example": {"kari"},
    "wanted-by-tor@new.example": {"tor"},
    "SURVEY-WORDS-OF-KARI": {"kari"},
    "SURVEY-WORDS-OF-TOR": {"tor"},
    "Kari Nordli": {"kari", "liv"},  # Liv's log says who looked, as the team's page does
    "kari@nordlys.example": {"kari"},
    "Liv Dahl": {"liv"},
    "Tor Lie": {"tor"},
    "tor@nordlys.example": {"tor"},
    "OLA-OF-THE-ACCOUNT": {"ola"},
    # What the customer typed of its contacts is the customer's, and the contact's own.
    "OLA-AT-NORDLYS": MEMBERS | {"ola"},
    "RELATION-TYPED-BY-NORDLYS": MEMBERS | {"ola"},
    "BERIT-AT-NORDLYS": MEMBERS,
    "berit@aas.example": MEMBERS,
    "OLA-AT-HOLM": {"nils", "ola"},
    "RELATION-TYPED-BY-HOLM": {"nils", "ola"},
    # What a contact said of themselves is nobody else's.
    "+4790077001": {"ola"},
    "+47 90 07 70 01": {"ola"},
    "+4790077002": {"ola"},
    "2031-05-17": {"ola"},
    # Company details are for those who may see them; sites are for everybody who keeps lists.
    "CITY-OF-NORDLYS": ADMINISTRATORS,
    "invoices@nordlys.example": ADMINISTRATORS,
    "OLD-BEFORE-LIV": ADMINISTRATORS,
    "NEW-BY-LIV": ADMINISTRATORS,
    "SITE-TORGET": MEMBERS,
    "MOVES-TO-HERE": MEMBERS,
    "CASE-77": {"kari"},
    # Nobody's: secrets, hashes, staff, what the office thinks, people who were only invited.
    CODE_WORD: set(),
    "HASHED-COOKIE": set(),
    "HASHED-LINK": set(),
    "HASHED-INVITATION": set(),
    "HASHED-SURVEY": set(),
    PASSWORD_HASH: set(),
    "BODY-OF-MAIL": set(),
    "Siri Dahl": set(),
    "support.example": set(),
    "BACK-OFFICE-SAYS": set(),
    "OFFICE-THINKS": set(),
    "INVITED-COLLEAGUE": set(),
    "new@colleague.example": set(),
}
SCHEMA = json.loads(Path("portal/privacy/copy.schema.json").read_text(encoding="utf-8"))
CHECK = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)


def test_everything_stands_in_the_copies_of_those_it_is_about(
    planted: Planted, clock: datetime
) -> None:
    said = {name: text_of(copy_for(who, clock)) for name, who in planted.people.items()}
    assert set(said) == EVERYBODY
    found = {mark: {name for name in said if mark in said[name]} for mark in WHERE}
    assert found == WHERE


def test_no_stored_hash_or_sealed_word_stands_in_any_copy(
    planted: Planted, clock: datetime
) -> None:
    secrets = set(_secrets())
    assert len(secrets) > 10
    for who in planted.people.values():
        said = text_of(copy_for(who, clock))
        assert [each for each in secrets if each in said] == []


def _secrets() -> Iterator[str]:
    """Every value of every column of the data map that no copy may show, if it is one of a kind."""
    with reading() as db:
        for table in metadata.sorted_tables:
            for column in table.columns:
                entry = entry_of(column)
                if entry.export is not Export.WITHHELD or entry is NOT_PERSONAL:
                    continue
                for value in db.execute(select(column)).scalars():
                    if isinstance(value, str) and len(value) > 8:
                        yield value


def test_a_contact_gets_the_customer_s_name_and_nothing_else_of_it(
    planted: Planted, clock: datetime
) -> None:
    files = copy_for(planted.ola, clock)
    assert [each["about"] for each in data_of(files)["parts"] if each["rows"]] == ["person"] * len(
        [each for each in data_of(files)["parts"] if each["rows"]]
    )
    entries = part_of(files, "person", "alarm-contacts")["rows"]
    assert {each["customer"] for each in entries} == {"Nordlys Bakeri AS", "Holm Rør ENK"}
    assert "314200004" not in text_of(files)
    assert "Take along" not in text_of(files)


def test_somebody_who_is_both_has_both_halves(planted: Planted, clock: datetime) -> None:
    with transaction() as db:
        customer = planted.nils.customer_id
        assert customer
        row = Member(
            user_id=planted.ola.user, customer_id=customer, role="colleague", created_at=clock
        )
        db.add(row)
    both = replace(planted.ola, customer_id=customer, role=Role.COLLEAGUE)
    files = copy_for(both, clock)
    typed = part_of(files, "customer", "alarm-contacts")["rows"]
    assert [each["name"] for each in typed] == ["OLA-AT-HOLM"]
    assert "own_phone" not in typed[0]
    own = part_of(files, "person", "alarm-contacts")["rows"]
    assert {each["own_phone"] for each in own} == {"+4790077001", "+4790077002"}


def test_an_address_that_passed_on_brings_nothing_of_its_earlier_owner(
    planted: Planted, clock: datetime
) -> None:
    """Ola changed his address; Nils has it now."""
    with transaction() as db:
        ola = db.get_one(User, planted.ola.user)
        ola.email = "ola@elsewhere.example"
        db.add(ola)
        db.flush()
        nils = db.get_one(User, planted.nils.user)
        nils.email = "ola@berg.example"
        db.add(nils)
    said = text_of(copy_for(planted.nils, clock))
    assert "NORDLYS" not in said
    assert "+4790077002" not in said


def test_an_address_alone_does_not_tell_whose_phone_it_is(
    planted: Planted, clock: datetime
) -> None:
    """Kari mistyped the address of a contact: it is Nils's."""
    with transaction() as db:
        named(db, planted.lists, "SOMEBODY-ELSE", 199, now=clock, email="nils@holm.example")
    files = copy_for(planted.nils, clock)
    (entry,) = part_of(files, "person", "alarm-contacts")["rows"]
    assert entry["customer"] == "Nordlys Bakeri AS"
    assert entry["email"] == "nils@holm.example"
    assert entry["phone"] is None
    assert "90000199" not in text_of(files)
    (invitation,) = part_of(files, "person", "invitations")["rows"]
    assert invitation["name"] == "SOMEBODY-ELSE"  # the mail said so, too


def test_whoever_acts_for_nobody_any_more_still_gets_what_is_theirs(
    planted: Planted, clock: datetime
) -> None:
    with transaction() as db:
        for member in db.exec(select(Member).where(col(Member.user_id) == planted.tor.user)):
            db.delete(member)
    files = copy_for(replace(planted.tor, customer_id=None, role=None), clock)
    said = text_of(files)
    assert "DEVICE-OF-TOR" in said
    assert "AT-NORDLYS" not in said
    assert json.loads(files["receipts.json"])
    assert part_of(files, "person", "marketing-receipts")["rows"]


def test_a_national_identity_number_is_the_owner_s_alone(database: str, clock: datetime) -> None:
    with transaction() as db:
        people = add_people(db, clock)
        user = db.get_one(User, people.tor.user)
        customer = people.orjan.customer_id
        assert customer
        role = Role.ADMINISTRATOR
        db.add(Member(user_id=user.id, customer_id=customer, role=role.value, created_at=clock))
    orjan = text_of(copy_for(people.orjan, clock))
    tor = text_of(copy_for(people.tor, clock))
    assert "121212-1212" in orjan
    assert "Åkerströms Snickeri" in tor
    assert "121212" not in tor


def test_the_record_of_the_company_is_whole_and_for_its_owner(
    planted: Planted, clock: datetime
) -> None:
    files = record_for(planted.kari, clock)
    said = text_of(files)
    there = {"Kari Nordli", "Liv Dahl", "tor@nordlys.example", "CITY-OF-NORDLYS", "NEW-BY-LIV"}
    there |= {"BERIT-AT-NORDLYS", "SITE-TORGET", "MOVES-TO-HERE", "Nordlys Bakeri AS"}
    assert [each for each in there if each not in said] == []
    not_there = {"DEVICE-OF", "SURVEY-WORDS", "+4790077001", "2031-05-17", CODE_WORD, "Siri Dahl"}
    not_there |= {"HASHED", "AT-HOLM", "INVITED-COLLEAGUE", "BACK-OFFICE-SAYS"}
    assert [each for each in not_there if each in said] == []
    assert [error.message for error in CHECK.iter_errors(data_of(files))] == []
    for other in (planted.liv, planted.tor, planted.ola):
        with pytest.raises((NotAllowedError, StopIteration, RuntimeError)):
            b"".join(record_of_customer(other, now=clock))


def test_the_record_is_of_the_customer_that_the_owner_acts_for(
    planted: Planted, clock: datetime
) -> None:
    with transaction() as db:
        customer = planted.nils.customer_id
        assert customer
        user = planted.kari.user
        db.add(Member(user_id=user, customer_id=customer, role="owner", created_at=clock))
    said = text_of(record_for(planted.kari, clock))
    assert "RELATION-TYPED-BY-NORDLYS" in said
    assert "RELATION-TYPED-BY-HOLM" not in said


# What is told of each thing


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_the_data_fit_their_schema(planted: Planted, clock: datetime, name: str) -> None:
    files = copy_for(planted.people[name], clock)
    assert [error.message for error in CHECK.iter_errors(data_of(files))] == []
    assert json.loads(files["data.schema.json"]) == SCHEMA
    for part in data_of(files)["parts"]:
        names = [each["name"] for each in part["fields"]]
        assert len(set(names)) == len(names), part["name"]
        assert all(list(row) == names for row in part["rows"])


def test_the_schema_refuses_what_is_no_copy() -> None:
    assert not CHECK.is_valid({})
    assert not CHECK.is_valid({"format": "another"})


def test_every_kind_of_data_comes_with_what_article_15_asks_for(
    planted: Planted, clock: datetime
) -> None:
    files = copy_for(planted.kari, clock)
    index = files["index.html"].decode()
    for words in (
        "To keep our agreement",
        "Legitimate interests, 6(1)(f)",
        "Until the contract ends",
        "The monitoring station, whose people answer the alarm",
        "Our customer register",
        "Datatilsynet",
        "https://www.imy.se",
        "made by automation alone",
        "Your password, in a form from which nobody can read it",
        "personvern@sensornordic.example",
    ):
        assert words in index, words
    assert data_of(files)["automated_decisions"] == "none"


def test_what_may_be_taken_along_is_what_the_person_gave_by_consent_or_contract(
    planted: Planted, clock: datetime
) -> None:
    def portable(who: Actor) -> set[str]:
        return {
            f"{part['name']}.{each['name']}"
            for part in data_of(copy_for(who, clock))["parts"]
            for each in part["fields"]
            if each["portable"]
        }

    nils, kari, ola = portable(planted.nils), portable(planted.kari), portable(planted.ola)
    assert {"users.email", "users.phone", "customers.address"} <= nils  # a sole trader's contract
    assert "customers.products" not in nils  # the register's, not his
    assert "sessions.device" not in nils
    assert {"marketing-choices.chosen"} <= kari
    assert not {each for each in kari if each.startswith(("users", "customers"))}
    assert not ola


def test_every_column_that_may_be_shown_is_shown_to_somebody(
    planted: Planted, clock: datetime
) -> None:
    """The property behind all of this: what a copy tells follows from the data map alone."""
    with transaction() as db:
        kari = planted.kari
        contact = db.get_one(AlarmContact, planted.at_nordlys)
        contact.user_id = kari.user
        db.add(contact)
    with reading() as db:
        reader = reader_of(db, kari)
        told = {
            each.column
            for parts in (parts_of_person(db, reader), parts_of_customer(db, reader))
            for part in parts
            for each in part.fields
        }
    shown = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if entry_of(column).export is not Export.WITHHELD and not column.foreign_keys
    }
    assert shown - told == set()


@pytest.mark.parametrize("name", ["kari", "liv", "nils", "ola"])
def test_nobody_is_promised_to_take_along_what_nothing_is_marked_as(
    planted: Planted, clock: datetime, name: str
) -> None:
    """Kari consented to offers and Nils has a contract; of Liv and Ola nothing is portable."""
    files = copy_for(planted.people[name], clock)
    index, said = files["index.html"].decode(), " ".join(data_of(files)["rights"])
    promised = {"kari", "nils"}
    assert ("Yours to take along" in index) is (name in promised)
    assert ("Take along what is marked as yours" in index) is (name in promised)
    assert ("Take along what is marked as yours" in said) is (name in promised)


@pytest.fixture
def diary(planted: Planted) -> Iterator[Table]:
    """A table that somebody adds tomorrow."""
    noted = DataEntry(
        Subject.USER, Purpose.CUSTOMER_SERVICE, Retention.HISTORY, source=Source.PERSON
    )
    secret = replace(noted, export=Export.WITHHELD)
    masked = replace(noted, export=Export.MASKED)
    table = Table(
        "diaries",
        metadata,
        Column("id", Integer, primary_key=True, info={"data": NOT_PERSONAL}),
        Column("user_id", Uuid, ForeignKey("users.id"), info={"data": secret}),
        Column("dear_diary", String, info={"data": noted}),
        Column("hidden", String, info={"data": secret}),
        Column("number", String, info={"data": masked}),
    )
    kinds._KIND_OF["diaries"] = "account"
    table.create(get_engine())
    yield table
    table.drop(get_engine())
    metadata.remove(table)
    del kinds._KIND_OF["diaries"]


def test_a_table_that_is_added_tomorrow_stands_in_tomorrow_s_copy(
    planted: Planted, diary: Table, clock: datetime
) -> None:
    with transaction() as db:
        for who, words in ((planted.kari, "KARI-NOTED"), (planted.tor, "TOR-NOTED")):
            row = {"user_id": who.user, "dear_diary": words, "hidden": "NEVER", "number": "12345"}
            db.execute(insert(diary).values(**row))
    files = copy_for(planted.kari, clock)
    (row,) = part_of(files, "person", "diaries")["rows"]
    assert row == {"dear_diary": "KARI-NOTED", "number": MASK}
    said = text_of(files)
    assert "TOR-NOTED" not in said
    assert "NEVER" not in said
    assert "Dear diary" in files["index.html"].decode()
    assert "csv/you/diaries.csv" in files


# The files


def test_the_manifest_names_every_file_by_its_hash(planted: Planted, clock: datetime) -> None:
    files = copy_for(planted.kari, clock)
    manifest = json.loads(files["manifest.json"])
    assert {each["name"] for each in manifest["files"]} == set(files) - {"manifest.json"}
    for each in manifest["files"]:
        content = files[each["name"]]
        assert each["sha256"] == hashlib.sha256(content).hexdigest()
        assert each["bytes"] == len(content)


def test_two_copies_of_the_same_moment_are_the_same(planted: Planted, clock: datetime) -> None:
    first = b"".join(copy_of_person(planted.kari, now=clock))
    assert first == b"".join(copy_of_person(planted.kari, now=clock))


def test_notices_are_those_that_were_given_in_the_language_in_which_they_were(
    planted: Planted, clock: datetime
) -> None:
    files = copy_for(planted.ola, clock, "en")
    with reading() as db:
        given = db.exec(select(NoticeGiven).where(col(NoticeGiven.user_id) == planted.ola.user))
        version = given.one().version
    notice = files[f"notices/alarm-contact-{version}-nb.html"].decode()
    assert '<html lang="nb">' in notice
    assert "Personvern" in notice
    assert "Datatilsynet" in notice


def test_receipts_are_those_of_the_standard(planted: Planted, clock: datetime) -> None:
    schema = json.loads(Path("portal/marketing/receipt.schema.json").read_text(encoding="utf-8"))
    receipts = json.loads(copy_for(planted.kari, clock)["receipts.json"])
    assert len(receipts) == 1
    check = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    assert [error.message for each in receipts for error in check.iter_errors(each)] == []


FORMULA = '=HYPERLINK("http://evil.example";"x")'
HOSTILE = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "|calc", FORMULA)


def test_spreadsheets_show_what_was_typed_and_run_nothing(
    planted: Planted, clock: datetime
) -> None:
    with transaction() as db:
        _type_formulas(db, planted, clock)
    files = copy_for(planted.kari, clock)
    cells = [cell for content in _tables(files) for row in content for cell in row]
    assert f"'{FORMULA}" in cells
    assert [each for each in cells if each[:1] in "=@|\t\r" and each] == []
    assert [each for each in cells if each.startswith(("+", "-")) and not _is_phone(each)] == []
    assert "+47 90 00 01 04" in cells
    row = part_of(files, "customer", "alarm-contacts")["rows"]
    assert FORMULA in [each["name"] for each in row]  # machines get it as it is


def _type_formulas(db: Session, planted: Planted, now: datetime) -> None:
    assert planted.kari.customer_id
    for number, words in enumerate(HOSTILE):
        db.add(
            AlarmContact(
                customer_id=planted.kari.customer_id,
                name=words,
                phone=f"+4790000{number:03}",
                locale="nb",
                notice_due_at=now,
                created_at=now,
            )
        )


def _is_phone(cell: str) -> bool:
    return cell[1:].replace(" ", "").isdigit()


def _tables(files: dict[str, bytes]) -> Iterator[list[list[str]]]:
    for name, content in files.items():
        if name.endswith(".csv"):
            yield list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_spreadsheet_has_a_heading_for_each_cell(planted: Planted, clock: datetime) -> None:
    for locale in LOCALES:
        for rows in _tables(copy_for(planted.kari, clock, locale)):
            assert len(rows) > 1
            assert {len(row) for row in rows} == {len(rows[0])}
            assert all(rows[0])


def test_libreoffice_opens_the_spreadsheets_cleanly(
    planted: Planted, clock: datetime, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    with transaction() as db:
        _type_formulas(db, planted, clock)
    files = copy_for(planted.kari, clock)
    tables = {
        Path(name).parent.name + Path(name).name: files[name] for name in files if ".csv" in name
    }
    for name, content in tables.items():
        (tmp_path / name).write_bytes(content)
    out = tmp_path / "opened"
    done = subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
        + ["--infilter=Text - txt - csv (StarCalc):44,34,76"]
        + ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(out)]
        + [str(tmp_path / name) for name in tables],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name, content in tables.items():
        given = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        opened = list(csv.reader(io.StringIO((out / name).read_text("utf-8"), newline="")))
        assert [len(row) for row in opened] == [len(row) for row in given], name
        assert opened[0] == given[0], name
    said = (out / "customersalarm-contacts.csv").read_text("utf-8")
    assert f"'{FORMULA}".replace('"', '""') in said
    assert "BERIT-AT-NORDLYS" in said


# Long histories


def test_a_long_log_is_on_pages_and_whole_in_every_form(
    planted: Planted, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_archive, "MOST_ON_INDEX", 5)
    monkeypatch.setattr(copy_archive, "ON_A_PAGE", 10)
    monkeypatch.setattr(copy_page, "ON_A_PAGE", 10)
    with transaction() as db:
        for number in range(24):  # and the one that is planted
            at = clock + timedelta(seconds=number)
            trail.record(
                db,
                AuditEvent.COMPANY_CHANGED,
                planted.siri,
                now=at,
                subject=planted.kari.user,
                case=f"NUMBERED-{number:02}",
            )
    files = copy_for(planted.kari, clock)
    pages = sorted(name for name in files if name.startswith("pages/person-access-log"))
    assert pages == [f"pages/person-access-log-{number}.html" for number in (1, 2, 3)]
    every = [f"NUMBERED-{number:02}" for number in range(24)] + ["CASE-77"]
    on_pages = "".join(files[name].decode() for name in pages)
    assert [each for each in every if on_pages.count(each) != 1] == []
    log = part_of(files, "person", "access-log")["rows"]
    assert sorted(each["case"] for each in log) == sorted(every)
    assert files["csv/you/access-log.csv"].decode().count("NUMBERED-") == 24
    index = files["index.html"].decode()
    assert index.count("NUMBERED-") + index.count("CASE-77") == 5
    assert all(name in index for name in pages)
    assert "The first 5 of 25" in index
    assert "21–25" in files[pages[-1]].decode()


def test_a_copy_begins_before_all_of_it_is_read_and_ends_when_it_is_left(
    planted: Planted, clock: datetime
) -> None:
    pieces = copy_of_person(planted.kari, now=clock)
    assert next(pieces).startswith(b"PK")
    pool: Any = get_engine().pool
    assert pool.checkedout() == 1
    pieces.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert pool.checkedout() == 0


# The pages


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_run_and_fetch_nothing_whatever_was_typed(
    planted: Planted, clock: datetime, locale: str
) -> None:
    hostile = "</td><script>alert(1)</script><img src=x onerror=alert(1)> {{7*7}}"
    with transaction() as db:
        customer = db.get_one(Customer, planted.kari.customer_id)
        customer.name = hostile
        db.add(customer)
    files = copy_for(planted.kari, clock, locale)
    for name in files:
        if name.endswith(".html"):
            page = files[name].decode()
            assert "<script" not in page
            assert "<img" not in page
            assert "src=" not in page.replace("&lt;img src=x", "")
            assert "default-src &#39;none&#39;" in page
            assert f'<html lang="{locale}">' in page
    index = files["index.html"].decode()
    assert "{{7*7}}" in index
    assert "&lt;script&gt;" in index


def test_days_and_times_are_the_reader_s(planted: Planted, clock: datetime) -> None:
    norwegian = copy_for(planted.kari, clock, "nb")["index.html"].decode()
    assert "23. nov. 2026" in norwegian
    assert "2026-11-23 10:30" in copy_for(planted.kari, clock)["csv/you/users.csv"].decode()
    assert "2026-11-23T09:30:00" in copy_for(planted.kari, clock)["data.json"].decode()


def test_an_offer_of_ownership_leads_to_whom_it_was_made(database: str, clock: datetime) -> None:
    from portal.customers.models import OwnershipOffer

    with transaction() as db:
        people = add_people(db, clock)
        tor = db.exec(select(Member).where(col(Member.user_id) == people.tor.user)).one()
        db.add(
            OwnershipOffer(
                customer_id=people.nordlys,
                member_id=tor.id,
                offered_by=people.kari.user,
                created_at=clock,
                expires_at=clock + timedelta(days=14),
            )
        )
        db.flush()
        for who, count in ((people.tor, 1), (people.kari, 1), (people.liv, 0)):
            found = [
                row
                for each in holdings(Person(who.user))
                if each.table.name == "ownership_offers"
                for row in db.execute(each.table.select().where(each.rows))
            ]
            assert len(found) == count
