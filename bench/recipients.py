"""`python -m bench.recipients N`: N people who may be written to, in the portal's own tables.

Written in bulk, past the services: each with a customer, a membership, a yes and its receipt, and
one in a hundred with a no for the address besides.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from portal.accounts.models import User
from portal.batches import in_batches
from portal.customers.models import Customer, Member
from portal.database import get_engine, transaction
from portal.marketing.models import Channel, MarketingChoice, MarketingReceipt, Suppression
from portal.marketing.suppression import address_hash
from portal.migrations import migrate

TABLES = (Customer, User, Member, MarketingReceipt, MarketingChoice, Suppression)
Rows = dict[type, list[dict[str, Any]]]


def fill(count: int) -> None:
    migrate(get_engine())
    with transaction() as db:
        for some in in_batches(range(count), 5000):
            rows: Rows = {table: [] for table in TABLES}
            for number in some:
                for table, row in _person(number):
                    rows[table].append(row)
            for table, written in rows.items():
                if written:
                    db.execute(insert(table), written)


def _person(number: int) -> Iterator[tuple[type, dict[str, Any]]]:
    now = datetime.now(UTC)
    user, customer, receipt = uuid4(), uuid4(), uuid4()
    email = f"person{number}@recipients.example"
    yield Customer, _customer(customer, number, now)
    yield (
        User,
        {"id": user, "email": email, "name": "Åse Østby", "locale": "nb", "created_at": now},
    )
    member = {"user_id": user, "customer_id": customer, "role": "owner", "created_at": now}
    yield Member, {"id": uuid4(), **member}
    choice = {"topic": "offers", "channel": "email", "basis": "consent", "way": "portal", "at": now}
    yield (
        MarketingReceipt,
        {
            "id": receipt,
            "subject": f"{number:064}",
            "decision": "yes",
            "text": "Offers by email.",
            "text_version": "0" * 12,
            "locale": "nb",
            **choice,
        },
    )
    yield (
        MarketingChoice,
        {
            "user_id": user,
            "customer_id": customer,
            "chosen": True,
            "receipt_id": receipt,
            **choice,
        },
    )
    if number % 100 == 0:
        hashed = address_hash(Channel.EMAIL, email)
        no = {"channel": "email", "topic": "offers", "way": "one-click", "at": now}
        yield Suppression, {"address_hash": hashed, **no}


def _customer(identifier: UUID, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": identifier,
        "number": f"R{number}",
        "kind": "household",
        "name": "Åse Østby",
        "country": "NO",
        "created_at": now,
    }


if __name__ == "__main__":
    fill(int(sys.argv[1]))
