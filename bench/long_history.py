"""`python -m bench.long_history ENTRIES CONTACTS`: a customer who has been one for ten years.

Kari of the demo, with as many entries in her access log, contacts on 50 sites, changes of her
company and records of her choices. Written in bulk, past the services.
"""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlmodel import col

from bench.ground import KARI
from portal.accounts.models import User
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.audit.models import AuditEntry
from portal.batches import in_batches
from portal.contacts.models import AlarmContact, CallList, CallListEntry
from portal.customers.models import CompanyChange, Member, Site
from portal.database import get_engine, transaction
from portal.demo import load_demo
from portal.marketing.models import MarketingReceipt
from portal.migrations import migrate
from portal.notices.giving import record_given
from portal.notices.models import Audience, Channel

SITES = 50
CHANGES = 2000
RECEIPTS = 500
_EVENTS = (AuditEvent.COMPANY_CHANGED, AuditEvent.MEMBER_ROLE_CHANGED, AuditEvent.CONTACT_EDITED)


def fill(entries: int, contacts: int) -> None:
    now = datetime.now(UTC)
    migrate(get_engine())
    with transaction() as db:
        load_demo(db, now=now)
        kari = db.execute(select(col(User.id)).where(col(User.email) == KARI)).scalar_one()
        mine = select(col(Member.customer_id)).where(col(Member.user_id) == kari)
        customer = db.execute(mine).scalar_one()
        sites = [_site(number, customer, now) for number in range(SITES)]
        people = [_contact(number, customer, now) for number in range(contacts)]
        for table, rows in (
            (Site, sites),
            (CallList, [_call_list(each, now) for each in sites]),
            (AlarmContact, people),
            (CallListEntry, [_entry(n, each, sites, now) for n, each in enumerate(people)]),
            (CompanyChange, [_change(n, customer, kari, now) for n in range(CHANGES)]),
            (MarketingReceipt, [_receipt(n, kari, now) for n in range(RECEIPTS)]),
        ):
            db.execute(insert(table), rows)
        for audience in Audience:
            record_given(db, audience, locale="nb", channel=Channel.MAIL, now=now, user_id=kari)
        for some in in_batches(range(entries), 5000):
            db.execute(insert(AuditEntry), [_audit(n, customer, kari, now) for n in some])


def _site(number: int, customer: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "customer_id": customer,
        "name": f"Storgata {number}",
        "address": f"Storgata {number}",
        "postal_code": "7030",
        "city": "Trondheim",
        "country": "NO",
        "back_office_name": "",
        "version": 1,
        "created_at": now,
    }


def _call_list(site: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "site_id": site["id"],
        "customer_id": site["customer_id"],
        "version": 0,
        "needed": 2,
        "changed_at": now,
    }


def _contact(number: int, customer: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "customer_id": customer,
        "name": f"Åse Østby {number}",
        "phone": f"+47900{number:05}",
        "email": f"aase{number}@neighbours.example",
        "locale": "nb",
        "relation": "Neighbour",
        "told_at": now,
        "told_words": "I have told this person that SensorNordic will use their data for this",
        "notice_due_at": now,
        "created_at": now,
    }


def _entry(
    number: int, contact: dict[str, Any], sites: list[dict[str, Any]], now: datetime
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "customer_id": contact["customer_id"],
        "site_id": sites[number % len(sites)]["id"],
        "contact_id": contact["id"],
        "position": number // len(sites) + 1,
        "role": "decide",
        "created_at": now,
    }


def _change(number: int, customer: Any, kari: Any, now: datetime) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "at": now - timedelta(hours=number * 8),
        "field": "phone",
        "old": f"+47730{number:05}",
        "new": f"+47731{number:05}",
        "version": 1,
        "source": "portal",
        "changed_by": kari,
    }


def _receipt(number: int, kari: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "at": now - timedelta(days=number * 7),
        "subject": trail.pseudonym("user", kari),
        "actor": trail.pseudonym("user", kari),
        "topic": "offers",
        "channel": "email",
        "decision": "yes" if number % 2 else "no",
        "basis": "consent" if number % 2 else "",
        "way": "portal",
        "text": "Offers by email. New alarms and services from SensorNordic.",
        "text_version": "0" * 12,
        "locale": "nb",
    }


def _audit(number: int, customer: Any, kari: Any, now: datetime) -> dict[str, Any]:
    return {
        "at": now - timedelta(minutes=number * 50),
        "event": _EVENTS[number % len(_EVENTS)].value,
        "actor": trail.pseudonym("user", f"colleague {number % 40}"),
        "subject": trail.pseudonym("user", kari),
        "customer": trail.pseudonym("customer", customer),
        "details": {"fields": "phone"},
        "previous_hash": "0" * 64,
        "hash": f"{number:064}",
    }


if __name__ == "__main__":
    fill(int(sys.argv[1]), int(sys.argv[2]))
