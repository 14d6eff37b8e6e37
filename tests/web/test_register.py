"""The register of processing: a support lead reads it and takes it along, and nobody else."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.customers.models import Customer
from portal.database import transaction
from portal.datamap import Purpose, Retention
from portal.languages import LOCALES
from tests import people
from tests.event_socket import ROOT, Tab, tab
from tests.people import AUD, EVERYBODY, SIRI
from tests.running import Running
from tests.visitors import Browsers

STATE = f"{ROOT}.portal___web___pages___support_register____support_register_state"
PAGE = "/en/support/register"
FILE = "/download/register"
CONTACT_END = "Until you are no longer an alarm contact; 30 days after you said no"


def activity(aud: Tab, purpose: str) -> dict[str, Any]:
    (found,) = [each for each in aud.get(STATE, "activities") if each["purpose"] == purpose]
    return found


@pytest.mark.asyncio
async def test_each_activity_says_all_that_article_30_asks(running: Running) -> None:
    async with tab(running.url, running.session(AUD), PAGE) as aud:
        called = activity(aud, "To send help when the alarm sounds")
        assert "Alarm contacts" in called["persons"]
        assert "Alarm contacts: Vital interests, 6(1)(d)" in called["bases"]
        kept = {row["how_long"]: row["kinds"] for row in called["kept"]}
        assert "Code word" in kept[CONTACT_END]
        assert "The monitoring station, whose people answer the alarm" in called["recipients"]
        for each in aud.get(STATE, "activities"):
            assert all(each.values()), each["purpose"]
        assert "SensorNordic" in aud.get(STATE, "controller")
        assert "Norway" in aud.get(STATE, "controller")
        assert "@" in aud.get(STATE, "email")


@pytest.mark.asyncio
async def test_every_column_is_there_once_with_what_becomes_of_it(running: Running) -> None:
    import portal.tables  # noqa: F401 - declares every table
    from portal.database import metadata

    async with tab(running.url, running.session(AUD), PAGE) as aud:
        tables = aud.get(STATE, "tables")
    found = {
        (table["name"], name): row
        for table in tables
        for row in table["columns"]
        for name in row["names"].split(", ")
    }
    assert found["alarm_contacts", "told_by"]["erasure"] == "Anonymised"
    assert found["alarm_contacts", "code_word"]["export"] == "Not in the copy"
    nobody = [
        (table["name"], name)
        for table in tables
        for name in table["nobody"].removeprefix("About nobody: ").removesuffix(".").split(", ")
        if name
    ]
    assert sorted([*found, *nobody]) == sorted(
        (table.name, column.name) for table in metadata.tables.values() for column in table.columns
    )


@pytest.mark.asyncio
async def test_contracts_that_ended_are_listed_until_the_account_is_closed(
    running: Running,
) -> None:
    owner = people.add_owner("Sluttet AS")
    with transaction() as db:
        customer = db.get_one(Customer, owner.customers[0])
        customer.contract_end = (datetime.now(UTC) - timedelta(days=40)).date()
        db.add(customer)
        number = customer.number
    async with tab(running.url, running.session(AUD), PAGE) as aud:
        assert (number, "Sluttet AS") in [
            (row["number"], row["name"]) for row in aud.get(STATE, "ended")
        ]
        assert "ended while the account is open" in aud.get(STATE, "ended_title")
        with transaction() as db:
            customer = db.get_one(Customer, owner.customers[0])
            customer.closed_at = datetime.now(UTC)
            db.add(customer)
        await aud.send(f"{STATE}.load")
        await aud.until(lambda t: number not in [row["number"] for row in t.get(STATE, "ended")])


@pytest.mark.asyncio
async def test_an_agent_is_told_nothing(running: Running) -> None:
    assert running.browser(SIRI).get(PAGE).status_code == 404
    async with tab(running.url, running.session(SIRI), "/en/account") as siri:
        await siri.send(f"{STATE}.load")
        await siri.settled()
        assert not siri.get(STATE, "activities")
        assert not siri.get(STATE, "ended")


@pytest.mark.asyncio
@pytest.mark.parametrize("locale", LOCALES)
async def test_it_is_read_in_every_language(running: Running, locale: str) -> None:
    async with tab(running.url, running.session(AUD), f"/{locale}/support/register") as aud:
        assert len(aud.get(STATE, "activities")) >= 10


# As a file


def test_file_holds_controller_activities_and_columns(browsers: Browsers, inhabited: str) -> None:
    aud = browsers().sign_in_as(AUD)
    answer = aud.get(f"{FILE}/json")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="register-of-processing.json"'
    )
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["controller"]["name"] == "SensorNordic"
    assert found["third_countries"].startswith("None.")
    assert len(found["security"]) > 5
    purposes = [each["purpose"] for each in found["activities"]]
    assert purposes == [each.value for each in Purpose if each.value in purposes]
    account = found["activities"][purposes.index("account")]
    assert account["legal basis"]["staff"] == dict.fromkeys(("NO", "SE", "DK", "FI"), "6(1)(f)")
    assert Retention.ACCOUNT_END.value in account["kept"]
    for each in found["activities"]:
        assert all(each.values()), each["purpose"]
        assert set(each["legal basis"]) <= {
            "representative of a company",
            "sole trader or household",
            "alarm contact",
            "staff",
        }
    assert {row["purpose"] for row in found["columns"] if row["legal basis"]} == set(purposes)


def test_columns_are_the_same_as_csv_and_on_the_page_to_print(
    browsers: Browsers, inhabited: str
) -> None:
    aud = browsers().sign_in_as(AUD)
    columns = aud.get(f"{FILE}/json").json()["columns"]
    answer = aud.get(f"{FILE}/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert list(csv.DictReader(io.StringIO(answer.text))) == columns
    page = aud.get(f"{FILE}/html").text
    assert page.count("<section>") == len(aud.get(f"{FILE}/json").json()["activities"])
    for row in columns:
        assert f"<td>{row['column']}</td>" in page


def test_files_are_in_english_whatever_the_reader_s_language(
    browsers: Browsers, inhabited: str
) -> None:
    aud = browsers().sign_in_as(AUD)
    english = aud.get(f"{FILE}/json").text
    aud.cookies.set("locale", "fi", domain="localhost.local")
    assert aud.get(f"{FILE}/json").text == english
    assert "To keep our agreement" in json.dumps(json.loads(english))


@pytest.mark.parametrize("role", sorted(set(EVERYBODY) - {"lead"}))
def test_nobody_but_a_lead_gets_the_file(browsers: Browsers, inhabited: str, role: str) -> None:
    for name in ("json", "csv", "html"):
        assert browsers().sign_in_as(EVERYBODY[role]).get(f"{FILE}/{name}").status_code == 404


def test_a_format_that_is_none_is_not_found(browsers: Browsers, inhabited: str) -> None:
    assert browsers().sign_in_as(AUD).get(f"{FILE}/xml").status_code == 404
