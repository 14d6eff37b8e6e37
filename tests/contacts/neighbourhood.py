"""Three customers with two sites each, and the people whom they name: what the tests of promises
know of them, written down apart from the database.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.actor import Actor
from portal.contacts.models import Answer
from portal.customers.models import Customer, Site
from tests.contacts.people import account, acting
from tests.customers.people import add_people, add_site

AGREED = (Answer.NONE, Answer.ACCEPTED)
REST = timedelta(days=90)


@dataclass(frozen=True)
class Person:
    """Somebody to be named. Whoever has an account answers with it."""

    name: str
    phone: str
    email: str
    acting: Actor | None = None


@dataclass(frozen=True)
class House:
    """A customer: `members` may edit its two lists, the first is the owner and is told."""

    customer_id: UUID
    name: str
    members: tuple[Actor, ...]
    addresses: tuple[str, ...]
    sites: tuple[UUID, UUID]


@dataclass
class Known:
    """A person as one customer knows them. `has_account`: they said yes with their own."""

    contact_id: UUID
    house: House
    person: Person
    email: str
    phone: str
    told_by: str
    has_account: bool = False


@dataclass
class Place:
    entry_id: UUID
    known: Known
    site_id: UUID
    answer: Answer = Answer.NONE
    answered_at: datetime | None = None
    pause: tuple[date, date] | None = None


@dataclass
class Mailed:
    """An invitation, with the tokens of its links: the first mail's and the reminder's."""

    known: Known
    invited_by: str
    expires_at: datetime
    tokens: list[str]
    state: str = "pending"

    def may_be_opened(self, now: datetime) -> bool:
        return self.state != "over" and now < self.expires_at

    def may_be_answered(self, now: datetime) -> bool:
        return self.state == "pending" and now < self.expires_at


@dataclass
class Neighbourhood:
    """What was done so far, and what therefore is."""

    houses: tuple[House, ...]
    persons: tuple[Person, ...]
    now: datetime
    lists: dict[UUID, list[Place]]
    order_before: dict[UUID, list[Place] | None]
    invitations: list[Mailed] = field(default_factory=list)
    said_no: dict[tuple[UUID, str], datetime] = field(default_factory=dict)

    def places(self) -> list[Place]:
        return [
            place for house in self.houses for site in house.sites for place in self.lists[site]
        ]

    def places_of(self, known: Known) -> list[Place]:
        return [place for place in self.places() if place.known is known]

    def known(self) -> list[Known]:
        found = {place.known.contact_id: place.known for place in self.places()}
        return list(found.values())

    def called(self, site_id: UUID) -> list[Place]:
        """Who can be reached at the site today."""
        return [place for place in self.lists[site_id] if self.can_be_called(place)]

    def can_be_called(self, place: Place) -> bool:
        away = place.pause is not None and place.pause[0] <= self.now.date() <= place.pause[1]
        return place.answer in AGREED and bool(place.known.phone) and not away

    def is_last(self, place: Place) -> bool:
        return self.called(place.site_id) == [place]

    def rests(self, house: House, person: Person) -> bool:
        """Whether the person said no to this customer less than 90 days ago."""
        no = self.said_no.get((house.customer_id, person.name))
        return no is not None and self.now < no + REST

    def pending(self, known: Known) -> Mailed | None:
        mine = (each for each in self.invitations if each.known is known)
        return next((each for each in mine if each.state == "pending"), None)

    def say(self, place: Place, answer: Answer) -> None:
        place.answer, place.answered_at = answer, self.now
        if answer not in AGREED:
            who = (place.known.house.customer_id, place.known.person.name)
            self.said_no[who] = self.now

    def take_off(self, place: Place) -> None:
        self.lists[place.site_id].remove(place)
        if not self.places_of(place.known):
            self.end_all(place.known)

    def end_all(self, known: Known) -> None:
        for each in self.invitations:
            if each.known is known:
                each.state = "over"

    def list_changed(self, *site_ids: UUID) -> None:
        """The one move that could be undone no longer can."""
        for site_id in site_ids:
            self.order_before[site_id] = None


def settle(db: Session, now: datetime) -> Neighbourhood:
    """Nordlys Bakeri, Holm Rør and Åkerströms Snickeri, still without contacts."""
    people = add_people(db, now)
    houses = tuple(
        _house(db, members, now)
        for members in ((people.kari, people.tor), (people.nils,), (people.orjan,))
    )
    ola, aino = (
        acting(account(db, email, name, now), now)
        for name, email in (("Ola Berg", "ola@berg.example"), ("Aino Mäkelä", "aino@m.example"))
    )
    persons = (
        Person("Ola Berg", "+4790000104", "ola@berg.example", ola),
        Person("Aino Mäkelä", "+358401234567", "aino@m.example", aino),
        Person("Per Vik", "+4790000107", "post@vik.example"),
        Person("Berit Aas", "+4790000105", ""),
    )
    sites = [site for house in houses for site in house.sites]
    return Neighbourhood(houses, persons, now, {site: [] for site in sites}, dict.fromkeys(sites))


def _house(db: Session, members: tuple[Actor, ...], now: datetime) -> House:
    owner = members[0]
    customer = db.get_one(Customer, owner.customer_id)
    mine = select(Site).where(col(Site.customer_id) == customer.id)
    while len(sites := db.exec(mine.order_by(col(Site.id))).all()) < 2:
        add_site(db, customer, now)
    addresses = tuple(_address(db, member) for member in members)
    first, second = (site.id for site in sites)
    return House(customer.id, customer.name, members, addresses, (first, second))


def _address(db: Session, actor: Actor) -> str:
    return db.get_one(User, actor.user).email
