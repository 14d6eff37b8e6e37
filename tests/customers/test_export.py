"""The export: what the back office gets back, and that no spreadsheet runs any of it."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from portal.audit.models import AuditEntry
from portal.customers.back_office_export import export_changes, record_export
from portal.customers.back_office_import import import_customers
from portal.customers.company_details import change_company_details
from portal.customers.company_fields import CompanyChanges
from portal.customers.csv_cells import neutralised, restored
from portal.customers.import_rows import read_customers
from portal.customers.models import Site
from portal.customers.moves import NewAddress, request_move
from portal.customers.sites import rename_site
from portal.errors import NotAllowedError
from tests.customers.files import BACK_OFFICE, HOLM, NORDLYS, SITE, take
from tests.customers.test_import import owner

HEADER = dict.fromkeys((*NORDLYS, *SITE, "invoice_email", "language"), "")


def exported(db: Session, since: datetime) -> list[dict[str, str]]:
    header, *rows = export_changes(db, BACK_OFFICE, changed_since=since)
    return [dict(zip(header, row, strict=True)) for row in rows]


def as_file(db: Session, since: datetime) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(export_changes(db, BACK_OFFICE, changed_since=since))
    return out.getvalue().encode()


def test_only_what_customers_changed_since_then_goes_back(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS, HOLM)
    take(db, clock, NORDLYS, HOLM | {"products": "Fire alarm"})
    change_company_details(
        db, owner(db), CompanyChanges(phone="73000111", city="Ranheim"), version=1, now=clock
    )
    (row,) = exported(db, clock)
    assert (row["customer_number"], row["phone"]) == ("10001", "+47 73 00 01 11")
    assert row["changed_fields"] == "city|phone"
    assert row["changed_at"] == "2026-11-23T09:30:00+00:00"
    assert exported(db, clock + timedelta(seconds=1)) == []


def test_open_moving_request_goes_with_its_site(db: Session, clock: datetime) -> None:
    take(db, clock, HEADER | NORDLYS, SITE)
    site = db.exec(select(Site).where(Site.name == "Utsalget")).one()
    new = NewAddress(address="Munkegata 1", postal_code="7013", city="Trondheim", country="NO")
    day = clock.date() + timedelta(days=10)
    request_move(db, owner(db), site.id, new, moves_on=day, now=clock)
    rows = {row["site_name"]: row for row in exported(db, clock)}
    assert rows["Utsalget"]["move_address"] == "Munkegata 1"
    assert rows["Utsalget"]["moves_on"] == "2026-12-03"
    assert rows["Utsalget"]["site_address"] == "Torvet 2"
    assert rows["Storgata 4"]["moves_on"] == ""


def test_exported_file_that_comes_back_changes_nothing(db: Session, clock: datetime) -> None:
    take(db, clock, HEADER | NORDLYS, SITE)
    kari = owner(db)
    changes = CompanyChanges(
        name='=cmd|"/c calc"!A1',
        address="@Storgata; 4",
        phone="+4790000105",
        invoice_email="f@n.example",
    )
    change_company_details(db, kari, changes, version=1, now=clock)
    site = db.exec(select(Site).where(Site.name == "Utsalget")).one()
    rename_site(db, kari, site.id, "-torget", version=1, now=clock)
    data = as_file(db, clock)
    assert b"\n=" not in data
    assert b",=" not in data
    file = read_customers(data)
    assert file.problems == []
    report = import_customers(db, BACK_OFFICE, file, now=clock)
    assert (report.unchanged, report.created, report.conflicts) == (1, 0, [])
    assert as_file(db, clock) == data


def test_only_sensornordic_exports_and_the_trail_knows(db: Session, clock: datetime) -> None:
    take(db, clock, NORDLYS)
    with pytest.raises(NotAllowedError):
        export_changes(db, owner(db), changed_since=clock)
    with pytest.raises(NotAllowedError):
        record_export(db, owner(db), changed_since=clock, now=clock)
    record_export(db, BACK_OFFICE, changed_since=clock, now=clock)
    db.commit()
    assert "customers exported" in db.exec(select(AuditEntry.event)).all()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "|", "\n", "＝"])
def test_cell_that_a_spreadsheet_would_run_is_neutralised(start: str) -> None:
    assert neutralised(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    "cell",
    ["+47 73 00 01 00", "+4790000101", "+358401234567", "Åkeriet", "'t Hoen", "post@a.example", ""],
)
def test_what_is_harmless_stays_readable(cell: str) -> None:
    assert neutralised(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "+47-73-00",
        "+47 73 00+cmd",
        "+4773000100+1",
        "+4773000100\n",
        "+47 (73) 00",
        "+0047900001",
        "+123456",
        "+1234567890123456",
        "+４７９００００１０１",
    ],
)
def test_only_a_number_in_groups_or_in_e164_passes_for_a_phone(cell: str) -> None:
    assert neutralised(cell) == f"'{cell}"


@given(st.text(alphabet=st.sampled_from("'=+-@|\t\r\n＝ab1 ")) | st.text())
def test_every_cell_comes_back_as_it_left(cell: str) -> None:
    assert restored(neutralised(cell)) == cell
