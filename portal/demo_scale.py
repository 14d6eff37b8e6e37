"""Invented customers by the ten thousand, for trying how the portal behaves at scale.

The same count always gives the same customers. Their owners sign in with the demo password as
`owner1@invented.example`, `owner2@invented.example` and so on. Nobody on their call lists waits
for an answer or for the notice, and every site has enough people: no mail is ever due.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, func, select

from portal.accounts.models import User
from portal.accounts.passwords import hash_password
from portal.actor import Role
from portal.contacts.call_lists import DEFAULT_NEED
from portal.contacts.models import (
    AlarmContact,
    Answer,
    By,
    CallList,
    CallListEntry,
    ContactChange,
    ContactEvent,
    ContactRole,
    InvitationState,
    StationFeed,
)
from portal.customers.models import ChangeSource, CompanyChange, Customer, Member, Site
from portal.customers.organisation_numbers import kind_of
from portal.demo import PASSWORD, refuse_in_production

_BATCH = 2_000
_PREFIX = "T"
_Row = dict[str, Any]
_Rows = list[_Row]
_Tables = Iterator[tuple[type, _Row]]
# In the order in which they refer to each other.
_TABLES = (
    Customer,
    User,
    Member,
    Site,
    CompanyChange,
    AlarmContact,
    CallList,
    CallListEntry,
    ContactChange,
)
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
_KEPT = timedelta(days=700)  # less than the history is, so that no job removes any of it
_RELATIONS = ("", "", "Neighbour", "Colleague", "Sister")
_PHONES = {"NO": "+479{:07}", "SE": "+467{:08}", "DK": "+452{:07}", "FI": "+3584{:08}"}


def add_invented_customers(
    db: Session,
    count: int,
    *,
    now: datetime,
    sites: int | None = None,
    people: int | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """Add `count` more customers with owners, sites, call lists and history; says how many there
    are now.

    Each has `sites` sites with `people` alarm contacts; without these, one to three sites with
    about three contacts.

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
        tables: dict[type, _Rows] = {table: [] for table in _TABLES}
        for index in range(start, stop):
            for table, row in _invent(chance, index, hashed, now, sites, people):
                tables[table].append(row)
        _number(db, tables[CallList])
        tables[ContactChange].sort(key=_when)
        for table, rows in tables.items():
            if rows:
                db.execute(insert(table.__table__), rows)
        progress(stop - first)
    return first + count - 1


def _number(db: Session, lists: _Rows) -> None:
    """Give each list a version of its own, as if they had come one after the other."""
    newest = db.execute(
        update(StationFeed)
        .values(version=col(StationFeed.version) + len(lists))
        .returning(col(StationFeed.version))
    ).scalar_one()
    for version, call_list in enumerate(lists, start=newest - len(lists) + 1):
        call_list["version"] = version


def _invent(
    chance: random.Random,
    index: int,
    hashed: str,
    now: datetime,
    site_count: int | None,
    people: int | None,
) -> _Tables:
    country = chance.choices(("NO", "SE", "DK", "FI"), (6, 2, 1, 1))[0]
    joined = now - timedelta(days=chance.randint(1, 3000), minutes=chance.randint(0, 1439))
    person = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    customer = _customer(chance, index, country, person, joined)
    user = _user(chance, index, country, person, hashed, joined)
    count = site_count or chance.choice((1, 1, 1, 2, 3))
    sites = [_site(chance, customer, number) for number in range(count)]
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
    for site in sites:
        length = people or chance.choice((2, 3, 3, 4))
        yield from _call_list(chance, site, length, user, now)


def _customer(
    chance: random.Random, index: int, country: str, person: str, joined: datetime
) -> _Row:
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
) -> _Row:
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


def _site(chance: random.Random, customer: _Row, number: int) -> _Row:
    address = customer["address"]
    if number:
        address = f"{_STREETS[customer['country']]} {200 + 10 * number + chance.randint(0, 9)}"
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


def _call_list(
    chance: random.Random, site: _Row, people: int, owner: _Row, now: datetime
) -> _Tables:
    added = now - min(now - site["created_at"], _KEPT) * chance.random()
    yield (
        CallList,
        {
            "site_id": site["id"],
            "customer_id": site["customer_id"],
            "needed": DEFAULT_NEED,
            "changed_at": added,
        },
    )
    for position in range(1, people + 1):
        yield from _contact(chance, site, position, owner, added, now)


def _contact(
    chance: random.Random, site: _Row, position: int, owner: _Row, added: datetime, now: datetime
) -> _Tables:
    """Somebody on a list, and what happened since: most have said yes, some have no e-mail."""
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    contact, email = _identifier(chance), chance.random() < 0.8
    accepted = added + (now - added) * chance.random() if email and chance.random() < 0.8 else None
    unanswered = email and accepted is None
    yield (
        AlarmContact,
        {
            "id": contact,
            "customer_id": site["customer_id"],
            "name": name,
            "phone": _PHONES[site["country"]].format(chance.randint(0, 9_999_999)),
            "email": f"contact{chance.randint(1, 9_999_999)}@invented.example" if email else "",
            "locale": owner["locale"],
            "relation": chance.choice(_RELATIONS),
            "told_at": added,
            "told_by": owner["id"],
            "told_words": "Demo",
            "adult_at": accepted,
            "invitation_state": (
                InvitationState.NO_ANSWER if unanswered else InvitationState.NONE
            ).value,
            "notice_due_at": added + timedelta(days=30),
            "notice_given_at": added,
            "created_at": added,
        },
    )
    yield (
        CallListEntry,
        {
            "id": _identifier(chance),
            "customer_id": site["customer_id"],
            "site_id": site["id"],
            "contact_id": contact,
            "position": position,
            "role": (ContactRole.DECIDE if position == 1 else ContactRole.CANCEL).value,
            "key_holder": chance.random() < 0.4,
            "answer": (Answer.ACCEPTED if accepted else Answer.NONE).value,
            "answered_at": accepted,
            "created_at": added,
        },
    )
    happened = {
        "customer_id": site["customer_id"],
        "site_id": site["id"],
        "contact_id": contact,
        "name": name,
    }
    added_by = {"by": By.MEMBER.value, "changed_by": owner["id"]}
    yield ContactChange, {**happened, "at": added, "event": ContactEvent.ADDED.value, **added_by}
    if accepted:
        by_contact = {"by": By.CONTACT.value, "changed_by": None}
        yield (
            ContactChange,
            {**happened, "at": accepted, "event": ContactEvent.ACCEPTED.value, **by_contact},
        )


def _when(row: _Row) -> datetime:
    return row["at"]


def _history(chance: random.Random, customer: _Row, user_id: UUID, now: datetime) -> _Rows:
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


def _day_before(chance: random.Random, customer: _Row) -> str:
    end: date = customer["contract_end"]
    return (end - timedelta(days=chance.randint(30, 1000))).isoformat()


def _identifier(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
