"""Whatever people, programs and the back office do, in whatever order: no yes that nobody gave.

The machine keeps its own account: who said yes to what, for which customer, and every no that came
since, from whoever and by whichever way. After each step the senders must be told exactly those
whose yes still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, col, select

from portal.accounts.models import User
from portal.accounts.sign_in import VISITOR
from portal.accounts.users import Addresses, tell_address_changed
from portal.actor import Actor, Role, system
from portal.customers.models import Customer, Member
from portal.database import get_engine
from portal.marketing import moved_addresses  # noqa: F401 - takes noes along
from portal.marketing.audience import audience
from portal.marketing.choices import (
    State,
    matrix,
    pause_marketing,
    resume_marketing,
    save_choices,
    stop_everything,
)
from portal.marketing.importing import import_marketing
from portal.marketing.models import Channel, MarketingChoice, MarketingReceipt, Topic, Way
from portal.marketing.opt_outs import opt_out
from portal.marketing.receipts import Shown
from portal.marketing.rules import basis_of
from portal.marketing.wordings import CELLS, Cell
from tests.customers.files import text
from tests.customers.people import add_customer

T = TypeVar("T")
some = st.just(0) | st.integers(0, 59)  # one of however many there are, often the first
# Often the same few, so that things meet.
FAVOURITES = (
    (Topic.OFFERS, Channel.EMAIL),
    (Topic.OFFERS, Channel.SMS),
    (Topic.STATUS_REPORTS, Channel.EMAIL),
)
cell = st.sampled_from(FAVOURITES) | st.sampled_from(FAVOURITES) | st.sampled_from(CELLS)
cells = st.sets(cell, min_size=1, max_size=3)
topic = st.sampled_from([Topic.OFFERS, Topic.OFFERS, *Topic])
PHONES = ("", "+4790000101", "+4790000102")
EMAILS = tuple(f"p{number}@nordlys.example" for number in range(3))
LAST_DAY = date(2027, 1, 31)


@dataclass
class Person:
    """Somebody with an account. `yes` has the moment of each yes by customer and cell."""

    user_id: UUID
    email: str
    phone: str
    customers: set[UUID] = field(default_factory=set)
    yes: dict[tuple[UUID, Cell], int] = field(default_factory=dict)
    no: dict[Cell, int] = field(default_factory=dict)
    said: set[tuple[UUID, Cell]] = field(default_factory=set)
    paused_until: date | None = None
    page: tuple[UUID, dict[Cell, bool]] | None = None

    def address(self, channel: Channel) -> str:
        return self.email if channel is Channel.EMAIL else self.phone


class NoYesThatNobodyGave(RuleBasedStateMachine):
    """People at their pages, readers of mail, senders' reports, imports, the office, the days."""

    def __init__(self) -> None:
        super().__init__()
        self.db = Session(get_engine(), expire_on_commit=False)
        self.now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        self.people: list[Person] = []
        self.customers: list[Customer] = []
        self.barred: dict[tuple[Channel, str, Topic], Way] = {}
        self.moment = 0
        self.receipts = 0

    def teardown(self) -> None:
        self.db.rollback()
        self.db.close()

    @initialize()
    def settle(self) -> None:
        self.customers = [
            add_customer(self.db, self.now, number="1", name="Nordlys Bakeri AS"),
            add_customer(self.db, self.now, number="2", name="Holm Rør ENK", kind="sole trader"),
            add_customer(self.db, self.now, number="3", name="Bageri ApS", country="DK"),
        ]
        for email in EMAILS[:2]:
            self.arrive(email)

    def arrive(self, email: str) -> Person:
        user = User(email=email, name="P", phone=PHONES[1], locale="en", created_at=self.now)
        self.db.add(user)
        self.db.flush()
        person = Person(user.id, email, PHONES[1])
        self.people.append(person)
        self.join(person, self.customers[0])
        return person

    def join(self, person: Person, customer: Customer) -> None:
        role = Role.OWNER.value
        self.db.add(
            Member(user_id=person.user_id, customer_id=customer.id, role=role, created_at=self.now)
        )
        self.db.flush()
        person.customers.add(customer.id)

    # What people do at their pages

    @rule(who=some, where=some, toggled=cells, stale=st.booleans())
    def saves_a_page(self, who: int, where: int, toggled: set[Cell], stale: bool) -> None:
        """A page that has just been opened, or one that was open while other things happened."""
        found = self.member(who, where)
        if found is None:
            return
        person, customer, actor = found
        if not stale or person.page is None or person.page[0] not in person.customers:
            person.page = customer, self.shown(actor)
        customer, seen = person.page
        wanted = seen | {cell: not seen[cell] for cell in toggled}
        before = {cell: self.is_on(person, customer, cell) for cell in CELLS}
        actor = self.actor(person, customer)
        save_choices(self.db, actor, wanted, seen, locale="en", now=self.tick())
        for cell in CELLS:  # in the order in which they are written
            if cell in toggled and wanted[cell] and not before[cell]:
                self.note_yes(person, customer, cell)
            elif cell in toggled and not wanted[cell]:
                self.note_no([person], [cell], Way.PORTAL)
        if not stale:
            person.page = customer, self.shown(actor)

    def shown(self, actor: Actor) -> dict[Cell, bool]:
        found = matrix(self.db, actor, now=self.now).cells
        return {(each.topic, each.channel): each.state is State.ON for each in found}

    @precondition(lambda self: self.people)
    @rule(who=some, where=some)
    def stops_everything(self, who: int, where: int) -> None:
        if found := self.member(who, where):
            person, _customer, actor = found
            stop_everything(self.db, actor, locale="nb", now=self.tick())
            self.note_no([person], CELLS, Way.PORTAL)

    @precondition(lambda self: self.people)
    @rule(who=some, where=some, days=st.integers(0, 40))
    def takes_a_break(self, who: int, where: int, days: int) -> None:
        if found := self.member(who, where):
            person, _customer, actor = found
            until = (self.now + timedelta(days=days)).date()
            pause_marketing(self.db, actor, until, locale="en", now=self.tick())
            person.paused_until = until

    @precondition(lambda self: self.people)
    @rule(who=some, where=some)
    def ends_the_break(self, who: int, where: int) -> None:
        if found := self.member(who, where):
            person, _customer, actor = found
            resume_marketing(self.db, actor, locale="en", now=self.tick())
            person.paused_until = None

    # What comes from elsewhere

    @rule(
        channel=st.sampled_from(Channel),
        which=some,
        topics=st.none() | st.lists(topic, min_size=1, max_size=2),
        way=st.sampled_from([way for way in Way if way not in {Way.PORTAL, Way.IMPORT}]),
    )
    def no_comes_by_address(
        self, channel: Channel, which: int, topics: list[Topic] | None, way: Way
    ) -> None:
        address = one(EMAILS if channel is Channel.EMAIL else PHONES[1:], which)
        written = address.upper() if channel is Channel.EMAIL else address
        shown = Shown("STOP", "en")
        now = self.tick()
        opt_out(self.db, VISITOR, channel, written, topics, shown, way, now=now)
        about = [(topic, channel) for topic in topics or Topic]
        self.note_address_no(channel, address, about, way)

    @rule(
        which=some,
        cell=cell,
        number=some,
        choice=st.sampled_from(["yes", "yes", "yes without proof", "no"]),
    )
    def earlier_choice_is_imported(self, which: int, cell: Cell, number: int, choice: str) -> None:
        topic, channel = cell
        address = one(EMAILS if channel is Channel.EMAIL else PHONES[1:], which)
        customer = one(self.customers, number)
        proven = choice == "yes"
        row = {
            "channel": channel.value,
            "address": address,
            "topic": topic.value,
            "choice": choice.partition(" ")[0],
            "customer_number": customer.number,
            "chosen_on": "2025-01-14",
            "text": "Yes, please." if proven else "",
            "source": "Contract form",
        }
        office = system("back office")
        import_marketing(self.db, office, text(row).encode(), now=self.tick())
        if choice == "no":
            self.note_address_no(channel, address, [cell], Way.IMPORT)
            return
        holders = self.holders(channel, address)
        if not proven or len(holders) != 1 or customer.id not in holders[0].customers:
            return
        holder = holders[0]
        if (customer.id, cell) in holder.said or (channel, address, topic) in self.barred:
            return
        self.note_yes(holder, customer.id, cell)

    # What becomes of people and customers

    @precondition(lambda self: self.people)
    @rule(who=some, which=some)
    def gets_another_number(self, who: int, which: int) -> None:
        person = one(self.people, who)
        self.move(person, person.email, one(PHONES, which))

    @precondition(lambda self: self.people)
    @rule(who=some, which=some)
    def gets_another_address(self, who: int, which: int) -> None:
        person, email = one(self.people, who), one(EMAILS, which)
        if email not in {each.email for each in self.people}:
            self.move(person, email, person.phone)

    def move(self, person: Person, email: str, phone: str) -> None:
        user = self.db.get_one(User, person.user_id)
        before = Addresses(user.email, user.phone)
        user.email, user.phone = email, phone
        self.db.add(user)
        self.db.flush()
        tell_address_changed(self.db, before, user)
        pairs = [(Channel.EMAIL, person.email, email), (Channel.SMS, person.phone, phone)]
        for channel, old, new in pairs:
            for topic in Topic:
                way = self.barred.get((channel, old, topic))
                if old and new and way not in {None, Way.BOUNCE}:
                    self.barred.setdefault((channel, new, topic), way or Way.PORTAL)
        person.email, person.phone = email, phone

    @precondition(lambda self: self.people)
    @rule(who=some, where=some)
    def joins_or_leaves(self, who: int, where: int) -> None:
        person, customer = one(self.people, who), one(self.customers, where)
        if customer.id not in person.customers:
            self.join(person, customer)
            return
        mine = select(Member).where(
            col(Member.user_id) == person.user_id, col(Member.customer_id) == customer.id
        )
        self.db.delete(self.db.exec(mine).one())
        self.db.flush()
        self.db.expire_all()
        person.customers.discard(customer.id)
        person.yes = {key: at for key, at in person.yes.items() if key[0] != customer.id}
        person.said = {key for key in person.said if key[0] != customer.id}

    @precondition(lambda self: len(self.people) > 1)
    @rule(who=some, again=st.booleans())
    def is_erased_and_perhaps_imported_again(self, who: int, again: bool) -> None:
        person = one(self.people, who)
        self.db.delete(self.db.get_one(User, person.user_id))
        self.db.flush()
        self.db.expire_all()
        self.people.remove(person)
        if again:
            self.arrive(person.email)

    @rule(where=some, ends=st.sampled_from([None, LAST_DAY, date(2026, 11, 1)]))
    def contract_gets_another_end(self, where: int, ends: date | None) -> None:
        customer = one(self.customers, where)
        customer = self.db.get_one(Customer, customer.id)
        customer.contract_end = ends
        self.db.add(customer)
        self.db.flush()

    @rule(days=st.sampled_from([1, 7, 30]))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    # What must hold

    @invariant()
    def the_senders_are_told_whose_yes_holds_and_nobody_else(self) -> None:
        for topic, channel in CELLS:
            told = [each.address for each in audience(self.db, topic, channel, now=self.now)]
            expected = {
                person.user_id: person.address(channel)
                for person in self.people
                if self.may_be_written_to(person, (topic, channel))
            }
            assert sorted(told) == sorted(expected.values()), (topic, channel)

    @invariant()
    def every_yes_has_its_receipt(self) -> None:
        for row in self.db.exec(select(MarketingChoice).where(col(MarketingChoice.chosen))):
            receipt = self.db.get_one(MarketingReceipt, row.receipt_id)
            assert receipt.decision == "yes"
            assert (receipt.topic, receipt.channel) == (row.topic, row.channel)

    @invariant()
    def no_receipt_is_ever_lost(self) -> None:
        count = len(self.db.exec(select(MarketingReceipt.id)).all())
        assert count >= self.receipts
        self.receipts = count

    @invariant()
    def the_page_says_what_the_senders_are_told(self) -> None:
        for person in self.people:
            for customer in person.customers:
                shown = matrix(self.db, self.actor(person, customer), now=self.now).cells
                for each in shown:
                    cell = each.topic, each.channel
                    assert (each.state is State.ON) == self.is_on(person, customer, cell)

    # The machine's own account

    def note_yes(self, person: Person, customer: UUID, cell: Cell) -> None:
        self.moment += 1
        person.yes[customer, cell] = self.moment
        person.said.add((customer, cell))
        if address := person.address(cell[1]):
            self.barred.pop((cell[1], address, cell[0]), None)

    def note_no(self, holders: Sequence[Person], about: Sequence[Cell], way: Way) -> None:
        self.moment += 1
        for person in holders:
            for topic, channel in about:
                person.no[topic, channel] = self.moment
                person.said |= {(customer, (topic, channel)) for customer in person.customers}
                if address := person.address(channel):
                    self.barred.setdefault((channel, address, topic), way)

    def note_address_no(
        self, channel: Channel, address: str, about: Sequence[Cell], way: Way
    ) -> None:
        self.note_no(self.holders(channel, address), about, way)
        for topic, _channel in about:
            self.barred.setdefault((channel, address, topic), way)

    def is_on(self, person: Person, customer: UUID, cell: Cell) -> bool:
        given = person.yes.get((customer, cell))
        if given is None or given < person.no.get(cell, 0):
            return False
        address = person.address(cell[1])
        return not address or (cell[1], address, cell[0]) not in self.barred

    def may_be_written_to(self, person: Person, cell: Cell) -> bool:
        if not person.address(cell[1]):
            return False
        if person.paused_until and self.now.date() <= person.paused_until:
            return False
        return any(
            self.is_on(person, customer.id, cell) and not self.is_over(customer, cell)
            for customer in self.customers
        )

    def is_over(self, customer: Customer, cell: Cell) -> bool:
        from portal.customers.models import CustomerKind

        row = self.db.get_one(Customer, customer.id)
        kind = CustomerKind(row.kind)
        ended = row.contract_end is not None and row.contract_end < self.now.date()
        return ended and basis_of(*cell, country=row.country, kind=kind) == "legitimate interest"

    def holders(self, channel: Channel, address: str) -> list[Person]:
        return [person for person in self.people if person.address(channel) == address]

    def member(self, who: int, where: int) -> tuple[Person, UUID, Actor] | None:
        person = one(self.people, who)
        if not person.customers:
            return None
        customer = one(sorted(person.customers), where)
        return person, customer, self.actor(person, customer)

    def actor(self, person: Person, customer: UUID) -> Actor:
        return Actor(person.user_id, "P", "en", customer, Role.OWNER, authenticated_at=self.now)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def one(of: Sequence[T], number: int) -> T:
    return of[number % len(of)]


def test_no_order_of_events_yields_a_yes_that_nobody_gave(database: str) -> None:
    run_state_machine_as_test(
        NoYesThatNobodyGave,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
