"""The marketing page's events, as a page sends them: whose choices they are, and what counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from portal.accounts.sign_in import VISITOR
from portal.actor import Role
from portal.customers.models import Member
from portal.database import reading, transaction
from portal.marketing.audience import audience
from portal.marketing.models import (
    Channel,
    MarketingChoice,
    MarketingReceipt,
    Suppression,
    Topic,
    Way,
)
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from portal.marketing.wordings import page_version
from tests import people
from tests.event_socket import ROOT, Tab, tab
from tests.people import OLA, SIRI, Newcomer
from tests.running import Running

pytestmark = pytest.mark.asyncio

PREFERENCES = f"{ROOT}.portal___web___pages___preferences____preferences_state"
OPT_OUTS = f"{ROOT}.portal___web___pages___support_opt_outs____support_opt_outs_state"


def form(*ticked: str, **fields: str) -> dict[str, str]:
    return {"wording": page_version("en"), **dict.fromkeys(ticked, "yes"), **fields}


def chosen(person: Newcomer) -> dict[str, bool]:
    with reading() as db:
        mine = select(MarketingChoice).where(col(MarketingChoice.user_id) == person.user_id)
        return {f"{row.topic}-{row.channel}": row.chosen for row in db.exec(mine)}


def may_write(person: Newcomer, topic: Topic = Topic.OFFERS) -> bool:
    with reading() as db:
        now = datetime.now(UTC)
        return person.email in {
            each.address for each in audience(db, topic, Channel.EMAIL, now=now)
        }


def stop_offers(person: Newcomer) -> None:
    with transaction() as db:
        opt_out(
            db,
            VISITOR,
            Channel.EMAIL,
            person.email,
            [Topic.OFFERS],
            Shown("x", "en"),
            Way.ONE_CLICK,
            now=datetime.now(UTC),
        )


def cell(opened: Tab, key: str) -> dict[str, Any]:
    return opened.get(PREFERENCES, "cells")[key]


async def save(opened: Tab, *ticked: str) -> None:
    await opened.send(f"{PREFERENCES}.save", fields=form(*ticked))
    await opened.settled()


async def test_nothing_is_ticked_before_somebody_ticks_it(running: Running) -> None:
    owner = people.add_owner("Ingen AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        cells = opened.get(PREFERENCES, "cells")
        assert len(cells) == 8
        assert not any(each["on"] for each in cells.values())
        assert {each["standing"] for each in cells.values()} == {"Never asked: we send nothing."}
        await save(opened)
        assert chosen(owner) == {}, "leaving everything as it is chooses nothing"


async def test_yes_holds_at_once_and_is_proven(running: Running) -> None:
    owner = people.add_owner("Straks AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await save(opened, "offers-email")
        assert opened.get(PREFERENCES, "saved") == "choices"
        assert cell(opened, "offers-email")["on"]
        (receipt,) = opened.get(PREFERENCES, "receipts")
        assert receipt["what"] == "Yes: Offers by email"
        shown = (
            f"Offers by email. New alarms and services from SensorNordic, and what they cost. "
            f"{cell(opened, 'offers-email')['basis']} "
            "You can say no at any time, here or in any message."
        )
        assert receipt["text"] == shown
    assert may_write(owner)


async def test_stale_page_revives_no_yes(running: Running) -> None:
    owner = people.add_owner("Gammel side AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await save(opened, "offers-email")
        stop_offers(owner)
        await save(opened, "offers-email", "information-email")
        assert not cell(opened, "offers-email")["on"]
        assert cell(opened, "information-email")["on"]
    assert not may_write(owner)
    assert may_write(owner, Topic.INFORMATION)


async def test_old_words_hold_back_no_no(running: Running) -> None:
    owner = people.add_owner("Nei AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await save(opened, "offers-email")
        await opened.send(f"{PREFERENCES}.save", fields={"wording": "0123456789ab"})
        await opened.settled()
    assert not chosen(owner)["offers-email"]


async def test_words_that_were_not_shown_are_agreed_to_by_nobody(running: Running) -> None:
    owner = people.add_owner("Andre ord AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        fields = form("offers-email", wording="0123456789ab")
        await opened.send(f"{PREFERENCES}.save", fields=fields)
        await opened.until(lambda t: t.get(PREFERENCES, "errors"))
        await opened.send(f"{PREFERENCES}.save", fields={"offers-email": "yes"})
        await opened.settled()
    assert chosen(owner) == {}


@pytest.mark.parametrize("key", ["offers-fax", "everything-email", "OFFERS-EMAIL", "offers-all"])
async def test_cell_that_does_not_exist_is_no_choice(running: Running, key: str) -> None:
    owner = people.add_owner("Rart AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await save(opened, key)
    assert chosen(owner) == {}


async def test_double_click_leaves_one_receipt(running: Running) -> None:
    owner = people.add_owner("Dobbeltklikk AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        for _click in range(2):
            await opened.send(f"{PREFERENCES}.save", fields=form("offers-email"))
        await opened.settled()
        for _click in range(2):
            await opened.send(f"{PREFERENCES}.stop")
        await opened.settled()
        receipts = [each["what"] for each in opened.get(PREFERENCES, "receipts")]
        assert receipts == ["No: Everything", "Yes: Offers by email"]
    assert not may_write(owner)


async def test_pause_is_shown_and_ended(running: Running) -> None:
    owner = people.add_owner("Pause AS")
    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await save(opened, "offers-email")
        await opened.send(f"{PREFERENCES}.pause", fields={"until": until})
        await opened.until(lambda t: t.get(PREFERENCES, "paused"))
        assert not may_write(owner)
        await opened.send(f"{PREFERENCES}.resume")
        await opened.until(lambda t: not t.get(PREFERENCES, "paused"))
    assert may_write(owner)


@pytest.mark.parametrize("until", ["", "x", "2020-01-01", "9999-12-31", "2026-02-30"])
async def test_pause_that_cannot_be_is_explained(running: Running, until: str) -> None:
    owner = people.add_owner("Feil dag AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await opened.send(f"{PREFERENCES}.pause", fields={"until": until})
        await opened.until(lambda t: t.get(PREFERENCES, "messages"))
        assert opened.get(PREFERENCES, "messages")["until"]
        assert not opened.get(PREFERENCES, "paused")


async def test_alarm_contact_s_tab_chooses_nothing(running: Running) -> None:
    async with tab(running.url, running.session(OLA), "/en/my-alarms") as opened:
        await opened.send(f"{PREFERENCES}.load")
        await opened.send(f"{PREFERENCES}.save", fields=form("offers-email"))
        await opened.send(f"{PREFERENCES}.stop")
        await opened.send(f"{PREFERENCES}.pause", fields={"until": "2027-01-01"})
        await opened.settled()
        assert not opened.get(PREFERENCES, "loaded")
    with reading() as db:
        ola = people.user(db, OLA)
        assert not db.exec(
            select(MarketingChoice).where(col(MarketingChoice.user_id) == ola.id)
        ).all()


async def test_member_chooses_for_nobody_else(running: Running) -> None:
    owner = people.add_owner("Felles AS", name="Ane Lie")
    mate = people.add_owner("Eget ENK", name="Per Moen")
    with transaction() as db:
        join(db, mate, owner)
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await save(opened, "offers-email")
    assert chosen(mate) == {}
    assert may_write(owner)
    assert not may_write(mate)


def join(db: Session, mate: Newcomer, owner: Newcomer) -> None:
    now, role = datetime.now(UTC), Role.COLLEAGUE.value
    customer = owner.customers[0]
    db.add(Member(user_id=mate.user_id, customer_id=customer, role=role, created_at=now))


async def test_who_acts_for_several_is_told_how_far_a_yes_reaches(running: Running) -> None:
    owner = people.add_owner("Ett AS", "To AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        assert opened.get(PREFERENCES, "several")
        await save(opened, "offers-email")
    assert list(chosen(owner).values()) == [True], "for one of the two"


# A no by letter, entered by support


async def test_support_enters_a_no_and_the_person_finds_it(running: Running) -> None:
    owner = people.add_owner("Brev AS")
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        await save(opened, "offers-email", "surveys-email")
    async with tab(running.url, running.session(SIRI), "/en/support/opt-outs") as siri:
        fields = {"address": f" {owner.email.upper()} ", "topics": "offers"}
        await siri.send(f"{OPT_OUTS}.enter", fields=fields)
        await siri.until(lambda t: t.get(OPT_OUTS, "notice"))
        known = siri.get(OPT_OUTS, "notice")
        await siri.send(
            f"{OPT_OUTS}.enter", fields={"address": "nobody@brev.example", "topics": "everything"}
        )
        await siri.settled()
        assert siri.get(OPT_OUTS, "notice") == known, "nobody learns who has an address"
    assert not may_write(owner)
    assert may_write(owner, Topic.SURVEYS)
    async with tab(running.url, running.session(owner.email), "/en/preferences") as opened:
        newest = opened.get(PREFERENCES, "receipts")[0]
        assert (newest["what"], newest["who"]) == ("No: Offers by email", "SensorNordic")
        assert "by letter or phone" in cell(opened, "offers-email")["standing"]
        assert "Siri" not in opened.everything


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"address": "", "topics": "everything"}, "address"),
        ({"address": "kari@", "topics": "everything"}, "address"),
        ({"address": "12", "topics": "everything"}, "address"),
        ({"address": "kari@nordlys.example", "topics": ""}, "topics"),
        ({"address": "kari@nordlys.example", "topics": "fax"}, "topics"),
        ({}, "topics"),
    ],
)
async def test_opt_out_that_cannot_be_is_explained(
    running: Running, fields: dict[str, str], wrong: str
) -> None:
    async with tab(running.url, running.session(SIRI), "/en/support/opt-outs") as siri:
        await siri.send(f"{OPT_OUTS}.enter", fields=fields)
        await siri.until(lambda t: t.get(OPT_OUTS, "errors"))
        assert siri.get(OPT_OUTS, "messages")[wrong]


async def test_customers_do_not_enter_opt_outs_for_others(running: Running) -> None:
    owner, victim = people.add_owner("Sint AS"), people.add_owner("Offer AS")
    with reading() as db:
        before = (
            len(db.exec(select(Suppression)).all()),
            len(db.exec(select(MarketingReceipt)).all()),
        )
    async with tab(running.url, running.session(owner.email), "/en/overview") as opened:
        fields = {"address": victim.email, "topics": "everything"}
        await opened.send(f"{OPT_OUTS}.enter", fields=fields)
        await opened.settled()
    with reading() as db:
        after = (
            len(db.exec(select(Suppression)).all()),
            len(db.exec(select(MarketingReceipt)).all()),
        )
    assert after == before
