"""Invented customers by the ten thousand, for trying how the portal behaves at scale.

The same count always gives the same customers. Their owners sign in with the demo password as
`owner1@invented.example`, `owner2@invented.example` and so on.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from portal.accounts.models import User
from portal.accounts.passwords import hash_password
from portal.actor import Role
from portal.customers.models import ChangeSource, CompanyChange, Customer, Member, Site
from portal.customers.organisation_numbers import kind_of
from portal.demo import PASSWORD, refuse_in_production

_BATCH = 2_000
_PREFIX = "T"
_Rows = list[dict[str, Any]]
# Norwegian, English, Swedish, Danish and Finnish: letters, lengths and orders of all five.
_FIRST = """
    Åse Bjørn Ingrid Øyvind Sølvi Alice George Harriet Oliver Astrid Göran Märta Örjan Åke
    Søren Kirsten Jørgen Bodil Aino Väinö Päivi Jyrki Sirkka-Liisa Tuulikki
""".split()  # noqa: SIM905
_LAST = """
    Nordli Østby Ødegård Sæther Kristoffersen Ashworth Fairclough Whitlock Öberg Sjögren
    Lindqvist Åkerström Sørensen Kjærgaard Mølgaard Højlund Hämäläinen Mäkelä Yli-Korhonen
    Väisänen Lehtonen
""".split()  # noqa: SIM905
_TRADES = {
    "NO": ("Bakeri", "Rør", "Bilverksted", "Blomster", "Regnskap", "Fiskemottak"),
    "SE": ("Bageri", "Rör", "Bilverkstad", "Blommor", "Redovisning", "Förlag"),
    "DK": ("Bageri", "VVS", "Autoværksted", "Blomster", "Revision", "Møbler"),
    "FI": ("Leipomo", "Putki", "Autokorjaamo", "Kukkakauppa", "Tilitoimisto", "Räätäli"),
}
_FORMS = {"NO": ("AS", "ENK"), "SE": ("AB", "EF"), "DK": ("ApS", "ENK"), "FI": ("Oy", "TMI")}
_LOCALES = {"NO": ("nb", "nb", "nb", "en"), "SE": ("sv",), "DK": ("da",), "FI": ("fi", "fi", "sv")}
_STREETS = {"NO": "Storgata", "SE": "Storgatan", "DK": "Storegade", "FI": "Pitkäkatu"}
_PLACES = {
    "NO": (("7030", "Trondheim"), ("9008", "Tromsø"), ("0150", "Oslo")),
    "SE": (("111 22", "Stockholm"), ("903 26", "Umeå"), ("411 04", "Göteborg")),
    "DK": (("1050", "København K"), ("8000", "Aarhus C"), ("6700", "Esbjerg")),
    "FI": (("00100", "Helsinki"), ("90100", "Oulu"), ("20100", "Turku")),
}
_PHONES = {"NO": "+479{:07}", "SE": "+467{:08}", "DK": "+452{:07}", "FI": "+3584{:08}"}


def add_invented_customers(
    db: Session,
    count: int,
    *,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """Add `count` more customers with owners, sites and history; says how many there are now.

    Raises:
        DemoRefusedError: the portal runs in production.
    """
    refuse_in_production()
    like = col(Customer.number).like(f"{_PREFIX}%")
    first = db.exec(select(func.count()).select_from(Customer).where(like)).one() + 1
    hashed = hash_password(PASSWORD)
    chance = random.Random(first)  # noqa: S311 - invented on purpose, and the same every time
    for start in range(first, first + count, _BATCH):
        stop = min(start + _BATCH, first + count)
        tables: dict[type, _Rows] = {
            table: [] for table in (Customer, User, Member, Site, CompanyChange)
        }
        for index in range(start, stop):
            for table, row in _invent(chance, index, hashed, now):
                tables[table].append(row)
        for table, rows in tables.items():
            if rows:
                db.execute(insert(table.__table__), rows)
        progress(stop - first)
    return first + count - 1


def _invent(
    chance: random.Random, index: int, hashed: str, now: datetime
) -> Iterator[tuple[type, dict[str, Any]]]:
    country = chance.choices(("NO", "SE", "DK", "FI"), (6, 2, 1, 1))[0]
    joined = now - timedelta(days=chance.randint(1, 3000), minutes=chance.randint(0, 1439))
    person = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    customer = _customer(chance, index, country, person, joined)
    user = _user(chance, index, country, person, hashed, joined)
    sites = [_site(chance, customer, number) for number in range(chance.choice((1, 1, 1, 2, 3)))]
    changes = _history(chance, customer, user["id"], now)
    yield Customer, customer
    yield User, user
    yield (
        Member,
        {
            "id": _identifier(chance),
            "user_id": user["id"],
            "customer_id": customer["id"],
            "role": Role.OWNER.value,
            "created_at": joined,
        },
    )
    yield from ((Site, site) for site in sites)
    yield from ((CompanyChange, change) for change in changes)


def _customer(
    chance: random.Random, index: int, country: str, person: str, joined: datetime
) -> dict[str, Any]:
    company, sole_trader = _FORMS[country]
    form = chance.choices((company, sole_trader, ""), (6, 2, 2))[0]
    # Too long for any country's rules: an invented number must never be somebody's.
    organisation_number = f"0000{index:08}" if form else ""
    trade = chance.choice(_TRADES[country])
    name = f"{person.split()[-1]} {trade} {form}" if form else person
    postal_code, city = chance.choice(_PLACES[country])
    start = joined.date()
    return {
        "id": _identifier(chance),
        "number": f"{_PREFIX}{index}",
        "kind": kind_of(organisation_number, form, country).value,
        "name": name,
        "organisation_number": organisation_number,
        "organisation_form": form,
        "address": f"{_STREETS[country]} {chance.randint(1, 180)}",
        "postal_code": postal_code,
        "city": city,
        "country": country,
        "phone": _PHONES[country].format(index) if chance.random() < 0.9 else "",
        "email": f"post{index}@invented.example",
        "invoice_email": f"faktura{index}@invented.example" if chance.random() < 0.6 else "",
        "products": chance.choice((["Burglar alarm"], ["Burglar alarm", "Fire alarm"])),
        "contract_start": start,
        "contract_end": start + timedelta(days=chance.choice((1095, 1826, 3652))),
        "customer_since": start,
        "back_office_values": {},
        "version": 1,
        "created_at": joined,
    }


def _user(
    chance: random.Random, index: int, country: str, person: str, hashed: str, joined: datetime
) -> dict[str, Any]:
    return {
        "id": _identifier(chance),
        "email": f"owner{index}@invented.example",
        "name": person,
        "phone": "",
        "locale": chance.choice(_LOCALES[country]),
        "password_hash": hashed,
        "password_changed_at": joined,
        "staff_role": None,
        "created_at": joined,
        "activated_at": joined,
        "last_sign_in_at": None,
    }


def _site(chance: random.Random, customer: dict[str, Any], number: int) -> dict[str, Any]:
    address = customer["address"]
    if number:
        address = f"{_STREETS[customer['country']]} {200 + chance.randint(1, 90)}"
    return {
        "id": _identifier(chance),
        "customer_id": customer["id"],
        "name": address,
        "address": address,
        "postal_code": customer["postal_code"],
        "city": customer["city"],
        "country": customer["country"],
        "back_office_name": address,
        "version": 1,
        "created_at": customer["created_at"],
    }


def _history(
    chance: random.Random, customer: dict[str, Any], user_id: UUID, now: datetime
) -> _Rows:
    """Up to five changes after the customer joined, oldest first, as they are really written."""
    span = (now - customer["created_at"]).total_seconds()
    rows: _Rows = []
    for share in sorted(chance.random() for _ in range(chance.randint(0, 5))):
        mine = chance.random() < 0.7
        field = "phone" if mine else "contract_end"
        old = f"+4773{chance.randint(0, 999999):06}" if mine else _day_before(chance, customer)
        customer["version"] += 1
        rows.append(
            {
                "customer_id": customer["id"],
                "site_id": None,
                "at": customer["created_at"] + timedelta(seconds=int(span * share)),
                "field": field,
                "old": old,
                "new": customer["phone"] if mine else customer["contract_end"].isoformat(),
                "version": customer["version"],
                "source": (ChangeSource.PORTAL if mine else ChangeSource.BACK_OFFICE).value,
                "changed_by": user_id if mine else None,
            }
        )
    return rows


def _day_before(chance: random.Random, customer: dict[str, Any]) -> str:
    end: date = customer["contract_end"]
    return (end - timedelta(days=chance.randint(30, 1000))).isoformat()


def _identifier(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
