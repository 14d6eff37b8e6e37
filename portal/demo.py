"""Demo data: the people of the product description, for development only.

All sign in with `PASSWORD`. Whatever exists already is left as it is: loading twice changes
nothing, and somebody who was imported before keeps their own account.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.passwords import hash_password
from portal.actor import Role, StaffRole, system
from portal.contacts.adding import a_month_after
from portal.contacts.call_lists import changed, locked_lists
from portal.contacts.changes import note
from portal.contacts.models import (
    AlarmContact,
    Answer,
    CallListEntry,
    ContactEvent,
    ContactRole,
    InvitationState,
)
from portal.customers.models import (
    ChangeSource,
    CompanyChange,
    Customer,
    CustomerKind,
    Member,
    Site,
)
from portal.invitations.limits import LIFE
from portal.invitations.models import Invitation, InvitationKind
from portal.notices import announcing, versions
from portal.settings import get_settings

PASSWORD = "nordic-demo-2026"  # noqa: S105 - printed at every start in development


class DemoRefusedError(Exception):
    """Demo data has a known password: it never goes into production."""


def refuse_in_production() -> None:
    if get_settings().in_production:
        raise DemoRefusedError("Demo data has a known password and stays out of production.")


@dataclass(frozen=True)
class DemoPerson:
    email: str
    name: str
    phone: str
    staff_role: StaffRole | None = None


@dataclass(frozen=True)
class DemoChange:
    """A change some days ago: by the person with this address, or by the back office."""

    days_ago: int
    field: str
    old: str
    new: str
    by: str = ""


@dataclass(frozen=True)
class DemoContact:
    """Somebody on the call lists of the sites with these numbers; with an account if `user`."""

    name: str
    phone: str
    places: tuple[tuple[int, ContactRole, bool], ...]
    email: str = ""
    relation: str = ""
    user: str = ""
    invited: bool = False


@dataclass(frozen=True)
class DemoCustomer:
    customer: dict[str, Any]
    members: dict[str, Role]
    sites: tuple[tuple[str, str, str, str], ...]
    history: tuple[DemoChange, ...] = field(default=())
    contacts: tuple[DemoContact, ...] = ()


KARI, TOR, NILS = "kari@nordlys.example", "tor@nordlys.example", "nils@holm.example"
OLA = "ola@berg.example"

PEOPLE = (
    DemoPerson(KARI, "Kari Nordli", "+4790000101"),
    DemoPerson(TOR, "Tor Lie", "+4790000102"),
    DemoPerson(NILS, "Nils Holm", "+4790000103"),
    DemoPerson(OLA, "Ola Berg", "+4790000104"),
    DemoPerson("siri@support.example", "Siri Dahl", "+4773000010", StaffRole.AGENT),
    DemoPerson("aud@support.example", "Aud Moe", "+4773000011", StaffRole.LEAD),
)

CUSTOMERS = (
    DemoCustomer(
        {
            "number": "10001",
            "kind": CustomerKind.COMPANY.value,
            "name": "Nordlys Bakeri AS",
            "organisation_number": "314200004",
            "organisation_form": "AS",
            "address": "Storgata 4",
            "postal_code": "7030",
            "city": "Trondheim",
            "country": "NO",
            "phone": "+4773000100",
            "email": "post@nordlys.example",
            "products": ["Burglar alarm", "Fire alarm"],
            "contract_start": date(2024, 3, 1),
            "contract_end": date(2029, 2, 28),
            "customer_since": date(2019, 9, 16),
        },
        {KARI: Role.OWNER, TOR: Role.COLLEAGUE},
        (
            ("Storgata 4", "Storgata 4", "7030", "Trondheim"),
            ("Utsalget på torget", "Torvet 2", "7011", "Trondheim"),
        ),
        (
            DemoChange(212, "contract_end", "2027-02-28", "2029-02-28"),
            DemoChange(96, "products", "Burglar alarm", "Burglar alarm, Fire alarm"),
            DemoChange(40, "phone", "+4773000099", "+4773000100", KARI),
            DemoChange(12, "email", "bakeriet@nordlys.example", "post@nordlys.example", KARI),
        ),
        (
            DemoContact(
                "Ola Berg",
                "+4790000104",
                ((0, ContactRole.DECIDE, True), (1, ContactRole.DECIDE, False)),
                email=OLA,
                relation="Neighbour",
                user=OLA,
            ),
            DemoContact(
                "Berit Aas", "+4790000105", ((0, ContactRole.CANCEL, False),), relation="Sister"
            ),
            DemoContact(
                "Lars Vik",
                "+4790000106",
                ((0, ContactRole.CANCEL, False),),
                email="lars@vik.example",
                invited=True,
            ),
        ),
    ),
    DemoCustomer(
        {
            "number": "10002",
            "kind": CustomerKind.SOLE_TRADER.value,
            "name": "Holm Rør ENK",
            "organisation_number": "314200012",
            "organisation_form": "ENK",
            "address": "Verkstedveien 11",
            "postal_code": "7125",
            "city": "Vanvikan",
            "country": "NO",
            "phone": "+4774000200",
            "email": "nils@holm.example",
            "invoice_email": "faktura@holm.example",
            "products": ["Burglar alarm"],
            "contract_start": date(2025, 6, 1),
            "contract_end": date(2028, 5, 31),
            "customer_since": date(2025, 5, 20),
        },
        {NILS: Role.OWNER},
        (("Verkstedet", "Verkstedveien 11", "7125", "Vanvikan"),),
        (DemoChange(25, "invoice_email", "", "faktura@holm.example", NILS),),
        (
            DemoContact(
                "Ola Berg",
                "+4790000104",
                ((0, ContactRole.CANCEL, False),),
                email=OLA,
                user=OLA,
            ),
            DemoContact(
                "Ingrid Holm",
                "+4790000107",
                ((0, ContactRole.DECIDE, True),),
                relation="Daughter",
            ),
        ),
    ),
)


def load_demo(db: Session, *, now: datetime) -> bool:
    """Put in the demo people and their customers; says whether anything was missing.

    Raises:
        DemoRefusedError: the portal runs in production.
    """
    refuse_in_production()
    emails = [person.email for person in PEOPLE]
    numbers = [demo.customer["number"] for demo in CUSTOMERS]
    users = {user.email: user for user in db.exec(select(User).where(col(User.email).in_(emails)))}
    known = db.exec(select(Customer.number).where(col(Customer.number).in_(numbers))).all()
    missing_people = [person for person in PEOPLE if person.email not in users]
    missing_customers = [demo for demo in CUSTOMERS if demo.customer["number"] not in known]
    if missing_people:
        hashed = hash_password(PASSWORD)
        users |= {person.email: _user(person, hashed, now) for person in missing_people}
        db.add_all(users.values())
    db.flush()
    for demo in missing_customers:
        _add_customer(db, demo, users, now)
    db.flush()
    _publish_notices(db, now)
    return bool(missing_people or missing_customers)


def _publish_notices(db: Session, now: datetime) -> None:
    """Every version of the privacy notices; the demo people have heard of them."""
    for published in versions.publish(db, system("demo"), now=now):
        announcing.finish(db, published, now=now)


def _user(person: DemoPerson, hashed: str, now: datetime) -> User:
    joined = now - timedelta(days=300)
    return User(
        email=person.email,
        name=person.name,
        phone=person.phone,
        locale="en",
        password_hash=hashed,
        password_changed_at=joined,
        staff_role=person.staff_role.value if person.staff_role else None,
        created_at=joined,
        activated_at=joined,
    )


def _add_customer(db: Session, demo: DemoCustomer, users: dict[str, User], now: datetime) -> None:
    joined = now - timedelta(days=300)
    customer = Customer(**demo.customer, version=len(demo.history) + 1, created_at=joined)
    db.add(customer)
    db.flush()
    for email, role in demo.members.items():
        db.add(
            Member(
                user_id=users[email].id, customer_id=customer.id, role=role.value, created_at=joined
            )
        )
    sites = [
        Site(
            customer_id=customer.id,
            name=name,
            address=address,
            postal_code=postal_code,
            city=city,
            country=customer.country,
            back_office_name=name,
            created_at=joined + timedelta(minutes=number),
        )
        for number, (name, address, postal_code, city) in enumerate(demo.sites)
    ]
    db.add_all(sites)
    db.flush()
    _add_contacts(db, demo, sites, users, now)
    for version, change in enumerate(demo.history, start=2):
        db.add(
            CompanyChange(
                customer_id=customer.id,
                at=now - timedelta(days=change.days_ago, minutes=17 * version),
                field=change.field,
                old=change.old,
                new=change.new,
                version=version,
                source=(ChangeSource.PORTAL if change.by else ChangeSource.BACK_OFFICE).value,
                changed_by=users[change.by].id if change.by else None,
            )
        )


def _add_contacts(
    db: Session, demo: DemoCustomer, sites: list[Site], users: dict[str, User], now: datetime
) -> None:
    """The call lists, with one invitation on its way (without a mail: demo data sends none)."""
    added = now - timedelta(days=12)
    lists = locked_lists(db, sites, now=added)
    lengths = dict.fromkeys(lists, 0)
    for each in demo.contacts:
        contact = AlarmContact(
            customer_id=sites[0].customer_id,
            user_id=users[each.user].id if each.user else None,
            name=each.name,
            phone=each.phone,
            email=each.email,
            locale="nb",
            relation=each.relation,
            told_at=added,
            told_by=next(iter(users[email].id for email in demo.members)),
            told_words="Demo",
            adult_at=added if each.user else None,
            invitation_state=(
                InvitationState.INVITED if each.invited else InvitationState.NONE
            ).value,
            notice_due_at=a_month_after(added),
            notice_given_at=added if each.user else None,
            created_at=added,
        )
        db.add(contact)
        db.flush()
        for number, role, key_holder in each.places:
            site = sites[number]
            lengths[site.id] += 1
            db.add(
                CallListEntry(
                    customer_id=site.customer_id,
                    site_id=site.id,
                    contact_id=contact.id,
                    position=lengths[site.id],
                    role=role.value,
                    key_holder=key_holder,
                    answer=(Answer.ACCEPTED if each.user else Answer.NONE).value,
                    answered_at=added if each.user else None,
                    created_at=added,
                )
            )
            note(db, system("demo"), ContactEvent.ADDED, contact, now=added, site_id=site.id)
        if each.invited:
            _invite(db, contact, users[next(iter(demo.members))], now - timedelta(days=4))
    changed(db, lists.values(), now=added)


def _invite(db: Session, contact: AlarmContact, inviter: User, now: datetime) -> None:
    """An invitation that waits for its answer; nobody has its link, for no mail was sent."""
    invitation = Invitation(
        customer_id=contact.customer_id,
        kind=InvitationKind.CONTACT.value,
        contact_id=contact.id,
        name=contact.name,
        email=contact.email,
        locale=contact.locale,
        token_hash=f"demo {contact.id}",
        invited_by=inviter.id,
        created_at=now,
        expires_at=now + LIFE,
    )
    contact.invited_until = invitation.expires_at
    db.add_all([contact, invitation])
