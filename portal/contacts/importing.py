"""The import of call lists that exist already. No mail leaves: the people wait until a member
confirms having told them, or a support lead releases their batch.

A site's list is taken over once. From then on it is the portal's, whatever a later file says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.batches import in_batches
from portal.contacts import call_lists
from portal.contacts.adding import MOST_PEOPLE, a_month_after
from portal.contacts.bars import InvitationBarredError, require_no_bar
from portal.contacts.changes import note
from portal.contacts.code_words import encrypted
from portal.contacts.import_rows import CONTACT_FILE, ImportedContact, read_contact
from portal.contacts.models import (
    AlarmContact,
    CallList,
    CallListEntry,
    ContactBatch,
    ContactEvent,
    InvitationBar,
)
from portal.customers.import_file import Problem, Record, open_records
from portal.customers.models import Customer, Site
from portal.errors import InvalidValueError

_SAME_PERSON = ("name", "email", "locale", "relation")


@dataclass
class ContactImportReport:
    """What an import of call lists did, for the operator who ran it.

    `left` counts the lists of the file that the portal has already. `written` is false after a
    dry run, and when wrong rows kept everything out.
    """

    rows: int = 0
    wrong_rows: int = 0
    lists: int = 0
    left: int = 0
    contacts: int = 0
    without_email: int = 0
    written: bool = False
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _CustomerLists:
    """One customer of the file: its sites, those of them that have a list, and who is known by
    which phone number. `was_refused`: somebody has said no to it lately.

    `people` are new ones by number, `lists` what the file says of each site.
    """

    id: UUID
    sites: list[Site] = field(default_factory=list)
    listed: set[UUID] = field(default_factory=set)
    known: dict[str, AlarmContact] = field(default_factory=dict)
    was_refused: bool = False
    people: dict[str, ImportedContact] = field(default_factory=dict)
    lists: dict[UUID, list[ImportedContact]] = field(default_factory=dict)


def import_contacts(
    db: Session,
    actor: Actor,
    data: bytes,
    *,
    now: datetime,
    skip_invalid: bool = False,
    dry_run: bool = False,
) -> ContactImportReport:
    """Take the call lists of a CSV file over, or say what taking them over would do.

    The order of the rows is the order of calling. Nothing is written if a row is wrong, unless
    `skip_invalid`, and nothing in a `dry_run`. The second import of a file changes nothing.

    Raises:
        NotAllowedError: only SensorNordic itself imports.
        UnreadableFileError: the file as a whole cannot be used.
    """
    actor.require_system()
    records = open_records(data, CONTACT_FILE)
    rows = list(records)
    customers = _customers_of(db, rows)
    report = ContactImportReport(rows=len(rows), problems=list(records.problems))
    left: set[UUID] = set()
    for record in rows:
        report.problems += _take(db, record, customers, left, now)
    wrong = {problem.line for problem in report.problems if problem.line > 1}
    uneven = {problem.line for problem in records.problems if problem.line > 1}
    report.rows, report.wrong_rows = report.rows + len(uneven), len(wrong)
    report.problems.sort(key=lambda problem: problem.line)
    report.left = len(left)
    report.lists = sum(len(customer.lists) for customer in customers.values())
    people = [each for customer in customers.values() for each in customer.people.values()]
    report.contacts = len(people)
    report.without_email = sum(not each.values["email"] for each in people)
    if dry_run or (report.problems and not skip_invalid):
        return report
    report.written = True
    if report.lists:
        _write(db, actor, list(customers.values()), len(people), now)
        trail.record(
            db,
            AuditEvent.CONTACTS_IMPORTED,
            actor,
            now=now,
            contacts=report.contacts,
            lists=report.lists,
            wrong_rows=report.wrong_rows,
        )
    return report


def _customers_of(db: Session, rows: list[Record]) -> dict[str, _CustomerLists]:
    """The customers whom the file names and the portal knows, by number."""
    numbers = sorted({record.cells["customer_number"] for record in rows})
    found: dict[str, _CustomerLists] = {}
    for some in in_batches(numbers):
        customers = db.execute(
            select(col(Customer.id), col(Customer.number)).where(col(Customer.number).in_(some))
        ).all()
        by_id = {id: _CustomerLists(id) for id, _number in customers}
        found |= {number: by_id[id] for id, number in customers}
        _fill(db, by_id)
    return found


def _fill(db: Session, customers: dict[UUID, _CustomerLists]) -> None:
    sites = select(Site).where(col(Site.customer_id).in_(customers))
    for site in db.execute(sites.order_by(col(Site.created_at), col(Site.id))).scalars():
        customers[site.customer_id].sites.append(site)
    listed = select(CallList).where(
        col(CallList.customer_id).in_(customers), col(CallList.version) > 0
    )
    for call_list in db.execute(listed).scalars():
        customers[call_list.customer_id].listed.add(call_list.site_id)
    people = select(AlarmContact).where(col(AlarmContact.customer_id).in_(customers))
    for contact in db.execute(people).scalars():
        customers[contact.customer_id].known[contact.phone] = contact
    refused = select(col(InvitationBar.customer_id)).where(
        col(InvitationBar.customer_id).in_(customers)
    )
    for customer_id in db.execute(refused).scalars():
        customers[customer_id].was_refused = True


def _take(
    db: Session,
    record: Record,
    customers: dict[str, _CustomerLists],
    left: set[UUID],
    now: datetime,
) -> Iterator[Problem]:
    """Put the row's person on the row's list, or say what is wrong."""
    customer = customers.get(record.cells["customer_number"])
    try:
        if customer is None:
            raise InvalidValueError("customer-unknown", "customer_number")
        site = _site(customer, record.cells.get("site_name", ""))
    except InvalidValueError as error:
        yield Problem(record.line, error.field, error.code, error.details)
        return
    if site.id in customer.listed:
        left.add(site.id)
        return
    contact = read_contact(record, site.country)
    if isinstance(contact, list):
        yield from contact
        return
    on_list = customer.lists.get(site.id, [])
    try:
        _require_one_person(customer, contact, on_list)
        if len(on_list) >= MOST_PEOPLE:
            raise InvalidValueError("list-full", limit=MOST_PEOPLE)
        _require_no_bar(db, customer, contact, now)
    except InvalidValueError as error:
        yield Problem(record.line, error.field, error.code, error.details)
        return
    if contact.phone not in customer.known:
        customer.people.setdefault(contact.phone, contact)
    customer.lists.setdefault(site.id, []).append(contact)


def _site(customer: _CustomerLists, name: str) -> Site:
    """The site that the back office calls by this name, or the customer's only one."""
    wanted = name.casefold()
    if not wanted:
        if len(customer.sites) == 1:
            return customer.sites[0]
        raise InvalidValueError("site-name-required", "site_name", count=len(customer.sites))
    for called in ("back_office_name", "name", "address"):
        named = [site for site in customer.sites if getattr(site, called).casefold() == wanted]
        if len(named) == 1:
            return named[0]
    raise InvalidValueError("site-unknown", "site_name")


def _require_one_person(
    customer: _CustomerLists, contact: ImportedContact, on_list: list[ImportedContact]
) -> None:
    """One number is one person: otherwise a pause of the one would silence the other."""
    twin = next((each for each in on_list if each.phone == contact.phone), None)
    if twin is not None:
        raise InvalidValueError("contact-twice", "phone", line=twin.line)
    earlier, known = customer.people.get(contact.phone), customer.known.get(contact.phone)
    if earlier is not None:
        for name in _SAME_PERSON:
            if _plain(earlier.values[name]) != _plain(contact.values[name]):
                column = "language" if name == "locale" else name
                raise InvalidValueError("contact-differs", column, line=earlier.line)
    elif known is not None and _plain(known.name) != _plain(contact.values["name"]):
        raise InvalidValueError("phone-of-another", "phone")


def _require_no_bar(
    db: Session, customer: _CustomerLists, contact: ImportedContact, now: datetime
) -> None:
    if not customer.was_refused:
        return
    values = {name: contact.values[name] for name in ("name", "phone", "email", "locale")}
    person = AlarmContact(customer_id=customer.id, notice_due_at=now, created_at=now, **values)
    try:
        require_no_bar(db, person, now=now)
    except InvitationBarredError as error:
        raise InvalidValueError("said-no", "phone", **error.details) from None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _write(
    db: Session, actor: Actor, customers: list[_CustomerLists], count: int, now: datetime
) -> None:
    batch = ContactBatch(imported_at=now, contacts=count)
    db.add(batch)
    db.flush()
    written: list[CallList] = []
    for some in in_batches(customers):
        sites = [site for each in some for site in each.sites if site.id in each.lists]
        lists = call_lists.locked_lists(db, sites, now=now)
        # Somebody may have begun a list since the file was checked: then it is theirs.
        fresh = {site_id for site_id, call_list in lists.items() if call_list.version == 0}
        for customer in some:
            _write_customer(db, actor, customer, fresh, batch.id, now)
        db.flush()
        written += [lists[site_id] for site_id in fresh]
    call_lists.changed(db, written, now=now)


def _write_customer(
    db: Session,
    actor: Actor,
    customer: _CustomerLists,
    fresh: set[UUID],
    batch_id: UUID,
    now: datetime,
) -> None:
    people = dict(customer.known)
    lists = {site: listed for site, listed in customer.lists.items() if site in fresh}
    needed = {each.phone for listed in lists.values() for each in listed}
    for phone, imported in customer.people.items():
        if phone in needed:
            people[phone] = _contact(customer.id, imported, batch_id, now)
            db.add(people[phone])
    db.flush()
    for site_id, listed in lists.items():
        for position, imported in enumerate(listed, start=1):
            contact = people[imported.phone]
            db.add(_entry(contact, site_id, position, imported.values, now))
            note(db, actor, ContactEvent.IMPORTED, contact, now=now, site_id=site_id)
        trail.record(
            db,
            AuditEvent.CALL_LIST_IMPORTED,
            actor,
            now=now,
            site=site_id,
            customer=customer.id,
            contacts=len(listed),
        )


def _contact(
    customer_id: UUID, imported: ImportedContact, batch_id: UUID, now: datetime
) -> AlarmContact:
    values = {name: imported.values[name] for name in ("phone", *_SAME_PERSON)}
    return AlarmContact(
        customer_id=customer_id,
        **values,
        code_word=encrypted(imported.code_word),
        batch_id=batch_id,
        notice_due_at=a_month_after(now),
        created_at=now,
    )


def _entry(
    contact: AlarmContact, site_id: UUID, position: int, values: dict[str, Any], now: datetime
) -> CallListEntry:
    place = {name: values[name] for name in ("role", "key_holder", "valid_from", "valid_until")}
    return CallListEntry(
        customer_id=contact.customer_id,
        site_id=site_id,
        contact_id=contact.id,
        position=position,
        created_at=now,
        **place,
    )
