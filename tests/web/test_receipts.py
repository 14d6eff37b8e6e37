"""Receipts to take along: one's own, in the shape of ISO/IEC TS 27560."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest

from portal.accounts.sign_in import VISITOR
from portal.database import transaction
from portal.languages import LOCALES
from portal.marketing.models import Channel, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from tests import people
from tests.people import KARI, NILS, OLA, TOR
from tests.visitors import Browsers
from tests.web.test_unsubscribe import say_yes_to_everything

SCHEMA = json.loads(Path("portal/marketing/receipt.schema.json").read_text(encoding="utf-8"))
CHECK = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)


def say_no(way: Way, topic: Topic | None, locale: str) -> None:
    with transaction() as db:
        topics = [topic] if topic else None
        shown = Shown("Stop", locale)
        now = datetime.now(UTC)
        opt_out(db, VISITOR, Channel.EMAIL, KARI, topics, shown, way, now=now, source="")


def test_every_kind_of_receipt_is_valid(browsers: Browsers, inhabited: str) -> None:
    say_yes_to_everything()
    for way, topic, locale in zip(Way, [*Topic, *Topic], [*LOCALES, *LOCALES], strict=False):
        say_no(way, topic, locale)
    say_no(Way.STOP, None, "nb")
    kari = browsers().sign_in_as(KARI)
    answer = kari.get("/download/receipts")
    assert answer.headers["content-disposition"] == 'attachment; filename="choices.json"'
    assert answer.headers["cache-control"] == "no-store"
    receipts = answer.json()
    assert len(receipts) >= 13
    for each in receipts:
        assert [error.message for error in CHECK.iter_errors(each)] == []
    assert {each["event"][0]["event_state"] for each in receipts} == {
        "given",
        "refused or withdrawn",
    }


def test_receipt_says_what_was_shown_and_on_which_basis(browsers: Browsers, inhabited: str) -> None:
    say_yes_to_everything()
    kari = browsers().sign_in_as(KARI)
    found = kari.get("/download/receipts").json()
    one = next(
        each
        for each in found
        if each["pii_processing"]["purposes"][0]["purpose_code"] == "offers"
        and each["pii_processing"]["purposes"][0]["channel"] == "email"
    )
    identifier = one["record_header"]["record_id"]
    assert kari.get(f"/download/receipts/{identifier}").json() == one
    purpose = one["pii_processing"]["purposes"][0]
    assert purpose["purpose"] == "Offers"
    assert purpose["purpose_description"].startswith("Offers by email. ")
    assert purpose["lawful_basis"] == "GDPR article 6(1)(f): legitimate interest"
    assert "/en/privacy?version=" in one["pii_processing"]["privacy_notice"]
    assert one["event"][0]["entity_id"] == one["record_header"]["pii_principal_id"]


def test_schema_refuses_what_is_none() -> None:
    assert not CHECK.is_valid({})
    assert not CHECK.is_valid({"record_header": {}})


@pytest.mark.parametrize("other", [TOR, NILS])
def test_another_s_receipt_and_one_that_does_not_exist_answer_alike(
    browsers: Browsers, inhabited: str, other: str
) -> None:
    say_yes_to_everything()
    found = browsers().sign_in_as(KARI).get("/download/receipts").json()
    theirs = browsers().sign_in_as(other)
    assert theirs.get("/download/receipts").json() == []
    answers = [
        theirs.get(f"/download/receipts/{identifier}")
        for identifier in (
            found[0]["record_header"]["record_id"],
            "0f8fad5b-d9cb-469f-a165-70867728950e",
        )
    ]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_alarm_contact_and_stranger_get_none(browsers: Browsers, inhabited: str) -> None:
    assert browsers().sign_in_as(OLA).get("/download/receipts").status_code == 404
    assert browsers().get("/download/receipts").status_code == 303


def test_support_is_asked_for_a_number_s_country(inhabited: str) -> None:
    """Eight digits are a number in Norway and in Denmark."""
    from portal.accounts.sign_in import acting_as
    from portal.errors import InvalidFieldsError
    from portal.marketing.opt_outs import take_opt_out

    with transaction() as db:
        siri = acting_as(people.user(db, people.SIRI))
        with pytest.raises(InvalidFieldsError) as refused:
            take_opt_out(db, siri, "90 00 01 01", None, locale="da", now=datetime.now(UTC))
    assert refused.value.fields["address"].code == "phone-without-country"


def test_receipts_name_no_staff(browsers: Browsers, inhabited: str) -> None:
    from portal.accounts.sign_in import acting_as
    from portal.marketing.opt_outs import take_opt_out

    with transaction() as db:
        siri = acting_as(people.user(db, people.SIRI))
        take_opt_out(db, siri, KARI, None, locale="en", now=datetime.now(UTC))
    said = browsers().sign_in_as(KARI).get("/download/receipts").text
    assert "Siri" not in said
    assert "support.example" not in said
