"""`portal customers …` as the operator types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal.cli_contacts import contacts
from portal.cli_customers import customers
from tests.customers.files import HOLM, NORDLYS, text

SAMPLE = Path("docs/samples/customers.csv")
CALL_LISTS = Path("docs/samples/contacts.csv")


@pytest.fixture
def run(database: str) -> CliRunner:
    return CliRunner()


def test_sample_file_is_imported_as_it_stands(run: CliRunner) -> None:
    first = run.invoke(customers, ["import", str(SAMPLE)])
    assert first.exit_code == 0, first.output
    assert "customers created: 10" in first.stdout
    assert "owners invited by mail: 9" in first.stdout
    second = run.invoke(customers, ["import", str(SAMPLE)])
    assert "customers unchanged: 10" in second.stdout
    assert "invited" not in second.stdout


def test_sample_call_lists_are_imported_as_they_stand(run: CliRunner) -> None:
    unknown = run.invoke(contacts, ["import", str(CALL_LISTS)])
    assert unknown.exit_code == 1
    assert "line 2, customer_number: The portal knows no customer" in unknown.stderr
    run.invoke(customers, ["import", str(SAMPLE)])
    dry = run.invoke(contacts, ["import", "--dry-run", str(CALL_LISTS)])
    assert "A dry run" in dry.stdout
    done = run.invoke(contacts, ["import", str(CALL_LISTS)])
    assert done.exit_code == 0, done.output
    assert "call lists imported: 3" in done.stdout
    assert "alarm contacts imported: 4" in done.stdout
    assert "No mail was sent" in done.stdout
    again = run.invoke(contacts, ["import", str(CALL_LISTS)])
    assert "call lists left as they are in the portal: 3" in again.stdout


def test_wrong_rows_are_told_and_the_exit_is_not_zero(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(text(NORDLYS, HOLM | {"postal_code": "70"}), encoding="cp1252")
    refused = run.invoke(customers, ["import", str(file)])
    assert refused.exit_code == 1
    assert "line 3, postal_code: The country's postal codes have 4 digits." in refused.stderr
    assert "Nothing was imported" in refused.stderr
    taken = run.invoke(customers, ["import", "--skip-invalid", str(file)])
    assert taken.exit_code == 0
    assert "customers created: 1" in taken.stdout
    assert "rows skipped: 1" in taken.stdout


def test_file_that_cannot_be_read_has_an_exit_of_its_own(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_bytes(b"name;city\r\n")
    assert run.invoke(customers, ["import", str(file)]).exit_code == 2


def test_export_without_changes_is_its_header(run: CliRunner) -> None:
    run.invoke(customers, ["import", str(SAMPLE)])
    done = run.invoke(customers, ["export", "--changed-since", "2026-01-01"])
    assert done.exit_code == 0
    assert done.stdout.startswith("customer_number,name,")
    assert len(done.stdout.splitlines()) == 1


def test_time_that_is_none_is_refused(run: CliRunner) -> None:
    assert run.invoke(customers, ["export", "--changed-since", "yesterday"]).exit_code == 2
