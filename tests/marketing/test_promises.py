"""Whatever people, programs and the back office do, in whatever order: no yes that nobody gave.

The machine keeps its own account: who said yes to what, for which customer, and every no that came
since, from whoever and by whichever way. After each step the senders must be told exactly those
whose yes still holds, and the page must say the same.
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

from portal import limits
from portal.accounts.email_change import ask_email_change, confirm_email_change, undo_email_change
from portal.accounts.models import User
from portal.accounts.profile import ProfileChanges, change_profile
from portal.accounts.sign_in import VISITOR
from portal.actor import Actor, Role, system
from portal.audit import trail
from portal.audit.models import AuditEntry
from portal.customers.models import Customer, CustomerKind, Member
from portal.database import get_engine
from portal.datamap import PERIODS, Retention
from portal.errors import PortalError
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from portal.marketing import moved_addresses  # noqa: F401 - takes noes along
from portal.marketing.audience import audience
from portal.marketing.choices import State, matrix, save_choices, stop_everything
from portal.marketing.importing import import_marketing
from portal.marketing.models import (
    Basis,
    Channel,
    Decision,
    MarketingChoice,
    MarketingReceipt,
    Topic,
    Way,
)
from portal.marketing.opt_outs import opt_out
from portal.marketing.pauses import pause_marketing, resume_marketing
from portal.marketing.receipts import Shown, digest, forget_replaced
from portal.marketing.rules import basis_of
from portal.marketing.suppression import suppressions_of
from portal.marketing.wordings import CELLS, Cell
from tests.accounts.people import token_in
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
EMAILS = tuple(f"p{number}@nordlys.example" for number in range(4))
MOST_PEOPLE = 3
LAST_DAY = date(2027, 1, 31)
FORGETTING = PERIODS[Retention.CHOICE_REPLACED]
USED = {"confirm-email": confirm_email_change, "undo-email": undo_email_change}


@dataclass
class Person:
    """Somebody with an account. `yes` has the moment of each yes by customer and cell.

    `no` has the moment of the last no, and `refused` how it came, unless a yes came since or it
    was a bounce, which is nobody's word: that is what goes along to a new address. About what they
    `answered`, for whomever, no earlier yes counts any more.
    """

    user_id: UUID
    email: str
    phone: str
    customers: set[UUID] = field(default_factory=set)
    yes: dict[tuple[UUID, Cell], int] = field(default_factory=dict)
    no: dict[Cell, int] = field(default_factory=dict)
    refused: dict[Cell, Way] = field(default_factory=dict)
    said: set[tuple[UUID, Cell]] = field(default_factory=set)
    answered: set[Cell] = field(default_factory=set)
    paused_until: date | None = None
    page: tuple[UUID, dict[Cell, bool]] | None = None

    def address(self, channel: Channel) -> str:
        return self.email if channel is Channel.EMAIL else self.phone


class NoYesThatNobodyGave(RuleBasedStateMachine):
    """People at their pages, readers of mail, senders' reports, imports, the office, the days.

    What an example commits is within a transaction of its own that is taken back in the end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.connection = get_engine().connect()
        self.connection.begin()
        self.db = Session(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        self.now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        self.people: list[Person] = []
        self.customers: list[Customer] = []
        self.barred: dict[tuple[Channel, str, Topic], Way] = {}
        self.links: list[tuple[UUID, str, str]] = []
        self.moment = 0
        self.looks = 0
        self.receipts = 0

    def teardown(self) -> None:
        self.db.close()
        self.connection.close()

    @initialize()
    def settle(self) -> None:
        self.customers = [
            add_customer(self.db, self.now, number="1", name="Nordlys Bakeri AS"),
            add_customer(self.db, self.now, number="2", name="Holm Rør ENK", kind="sole trader"),
            add_customer(self.db, self.now, number="3", name="Bageri ApS", country="DK"),
        ]
        for email, customers in zip(EMAILS, (self.customers[:2], self.customers[:1]), strict=False):
            person = self.arrive(email)
            for customer in customers:
                if customer.id not in person.customers:
                    self.join(person, customer)
                self.save(person, customer.id, dict.fromkeys(CELLS, False), set(FAVOURITES))

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
        self.save(person, customer, seen, toggled)
        if not stale:
            person.page = customer, self.shown(self.actor(person, customer))

    def save(
        self, person: Person, customer: UUID, seen: dict[Cell, bool], toggled: set[Cell]
    ) -> None:
        wanted = seen | {cell: not seen[cell] for cell in toggled}
        before = {cell: self.state(person, customer, cell) for cell in CELLS}
        actor = self.actor(person, customer)
        save_choices(self.db, actor, wanted, seen, locale="en", now=self.tick())
        for cell in CELLS:  # in the order in which they are written
            if cell in toggled and wanted[cell] and before[cell] is not State.ON:
                self.note_yes(person, customer, cell, Way.PORTAL)
            elif cell in toggled and not wanted[cell]:
                self.note_no([person], [cell], Way.PORTAL)

    def shown(self, actor: Actor) -> dict[Cell, bool]:
        found = matrix(self.db, actor, now=self.now).cells
        return {(each.topic, each.channel): each.state is State.ON for each in found}

    @rule(who=some, where=some)
    def stops_everything(self, who: int, where: int) -> None:
        if found := self.member(who, where):
            person, _customer, actor = found
            stop_everything(self.db, actor, locale="nb", now=self.tick())
            self.note_no([person], CELLS, Way.PORTAL)

    @rule(who=some, where=some, days=st.sampled_from([None, 0, 1, 7, 30]))
    def takes_a_break_or_ends_it(self, who: int, where: int, days: int | None) -> None:
        if (found := self.member(who, where)) is None:
            return
        person, _customer, actor = found
        if days is None:
            resume_marketing(self.db, actor, locale="en", now=self.tick())
            person.paused_until = None
            return
        until = (self.now + timedelta(days=days)).date()
        pause_marketing(self.db, actor, until, locale="en", now=self.tick())
        person.paused_until = until

    # What comes from elsewhere

    @rule(
        channel=st.sampled_from(Channel),
        which=some,
        topics=st.none() | st.lists(topic, min_size=1, max_size=2),
        way=st.sampled_from(
            [way for way in (Way.BOUNCE, *Way) if way not in {Way.PORTAL, Way.IMPORT}]
        ),
    )
    def no_comes_by_address(
        self, channel: Channel, which: int, topics: list[Topic] | None, way: Way
    ) -> None:
        address = one(self.addresses(channel), which)
        written = address.upper() if channel is Channel.EMAIL else address
        shown = Shown("STOP", "en")
        now = self.tick()
        opt_out(self.db, VISITOR, channel, written, topics, shown, way, now=now)
        about = [(topic, channel) for topic in topics or Topic]
        self.note_address_no(channel, address, about, way)

    @rule(
        which=some,
        cell=st.sampled_from(CELLS) | cell,
        number=some,
        choice=st.sampled_from(["yes", "yes", "yes without proof", "no"]),
    )
    def earlier_choice_is_imported(self, which: int, cell: Cell, number: int, choice: str) -> None:
        topic, channel = cell
        address = one(self.addresses(channel), which)
        acting = {each for holder in self.holders(channel, address) for each in holder.customers}
        customer = one(sorted(self.customers, key=lambda each: each.id not in acting), number)
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
        report = import_marketing(self.db, office, text(row).encode(), now=self.tick())
        if choice == "no":
            self.note_address_no(channel, address, [cell], Way.IMPORT)
            return
        holders = self.holders(channel, address)
        counts = (
            proven
            and len(holders) == 1
            and customer.id in holders[0].customers
            and self.state(holders[0], customer.id, cell) is State.NEVER_ASKED
            and cell not in holders[0].answered
        )
        assert report.taken == counts
        if counts:
            self.note_yes(holders[0], customer.id, cell, Way.IMPORT)

    # What becomes of people and customers

    @rule(who=some, phone=st.sampled_from(PHONES))
    def gets_another_number(self, who: int, phone: str) -> None:
        """Or none at all, for a while."""
        person = one(self.people, who)
        changes = ProfileChanges("P", phone, "en")
        change_profile(self.db, self.signed_in(person), changes, now=self.tick())
        self.moved(person, Channel.SMS, person.phone, phone)
        person.phone = phone

    @rule(who=some, which=some, at_once=st.sampled_from([True, True, False]))
    def asks_for_another_address(self, who: int, which: int, at_once: bool) -> None:
        """Two links are mailed: to the new address, unless it is somebody's, and to the old one."""
        limits.forget_everything()
        person = one(self.people, who)
        taken = [each.email for each in self.people if each is not person]
        wished = one([*self.free_addresses(), *taken], which)
        ask_email_change(self.db, self.signed_in(person), wished, now=self.tick())
        self.db.flush()
        mails = select(OutboxMessage).where(col(OutboxMessage.created_at) == self.now)
        for mail in self.db.exec(mails.order_by(col(OutboxMessage.kind))):
            purpose = "confirm-email" if mail.kind == "confirm-email" else "undo-email"
            token = token_in(Letter.opened(mail.body or "").text, purpose)
            self.links.append((person.user_id, purpose, token))
            if at_once and purpose == "confirm-email":
                self.follow(len(self.links) - 1)

    @precondition(lambda self: self.links)
    @rule(which=some)
    def follows_a_mailed_link(self, which: int) -> None:
        """The address changes, or changes back, or the link is over."""
        self.follow(which)

    def follow(self, which: int) -> None:
        user_id, purpose, token = one(self.links, which)
        now = self.tick()
        self.db.commit()  # what came before: an address that is taken undoes the link's step alone
        try:
            with self.db.begin_nested():
                USED[purpose](self.db, token, now=now)
        except PortalError:
            self.db.expire_all()
        for person in self.people:
            if person.user_id == user_id:
                email = self.db.get_one(User, user_id).email
                self.moved(person, Channel.EMAIL, person.email, email)
                person.email = email

    def moved(self, person: Person, channel: Channel, old: str, new: str) -> None:
        """What must not be sent to the old address goes along, and what the person refused."""
        if not new or new == old:
            return
        for topic in Topic:
            for way in (
                self.barred.get((channel, old, topic)),
                person.refused.get((topic, channel)),
            ):
                if way not in {None, Way.BOUNCE}:
                    self.bar(channel, new, topic, way or Way.PORTAL)

    @precondition(lambda self: len(self.people) < MOST_PEOPLE)
    @rule(which=some)
    def somebody_new_arrives(self, which: int) -> None:
        self.arrive(one(self.free_addresses(), which))

    def free_addresses(self) -> list[str]:
        taken = {each.email for each in self.people}
        return [email for email in EMAILS if email not in taken]

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

    @rule(days=st.sampled_from([1, 7, 30, FORGETTING.days]))
    def days_pass_and_old_receipts_are_forgotten(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.receipts -= forget_replaced(self.db, before=self.now - FORGETTING, limit=1000)

    @rule()
    def all_of_it_is_committed(self) -> None:
        """The trail is whole, and names every receipt by its hash."""
        self.db.commit()
        assert trail.verify(self.db).whole
        named = {entry.details.get("receipt") for entry in self.db.exec(select(AuditEntry))}
        assert {digest(row) for row in self.db.exec(select(MarketingReceipt))} <= named

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
    def every_yes_that_is_kept_was_given_and_not_taken_back_and_has_its_receipt(self) -> None:
        """Whether or not a suppression hides it."""
        person_of = {person.user_id: person for person in self.people}
        proven = select(MarketingChoice, MarketingReceipt).join(
            MarketingReceipt, col(MarketingReceipt.id) == col(MarketingChoice.receipt_id)
        )
        for row, receipt in self.db.exec(proven.where(col(MarketingChoice.chosen))):
            assert self.holds(person_of[row.user_id], row.customer_id, cell_of(row))
            assert receipt.decision == Decision.YES
            assert (receipt.topic, receipt.channel) == (row.topic, row.channel)
            assert receipt.subject == trail.pseudonym("user", row.user_id)
            assert receipt.customer == trail.pseudonym("customer", row.customer_id)
            assert receipt.text

    @invariant()
    def no_receipt_is_ever_lost(self) -> None:
        count = len(self.db.exec(select(MarketingReceipt.id)).all())
        assert count >= self.receipts
        self.receipts = count

    @invariant()
    def what_must_not_be_written_to_is_what_was_refused(self) -> None:
        for channel, addresses in ((Channel.EMAIL, EMAILS), (Channel.SMS, PHONES[1:])):
            for address in addresses:
                found = suppressions_of(self.db, channel, address)
                by_word = {topic: each.way is not Way.BOUNCE for topic, each in found.items()}
                assert by_word == {
                    topic: way is not Way.BOUNCE
                    for topic in Topic
                    if (way := self.barred.get((channel, address, topic)))
                }, (channel, address)

    @invariant()
    def the_page_says_what_the_senders_are_told(self) -> None:
        """Whose page is looked at changes from step to step."""
        self.looks += 1
        person = one(self.people, self.looks)
        for customer in person.customers:
            shown = matrix(self.db, self.actor(person, customer), now=self.now).cells
            for each in shown:
                cell = each.topic, each.channel
                assert each.state is self.state(person, customer, cell), (person, cell)

    # The machine's own account

    def note_yes(self, person: Person, customer: UUID, cell: Cell, way: Way) -> None:
        self.moment += 1
        if way is not Way.IMPORT:
            person.answered.add(cell)
        person.yes[customer, cell] = self.moment
        person.said.add((customer, cell))
        person.refused.pop(cell, None)
        if address := person.address(cell[1]):
            self.barred.pop((cell[1], address, cell[0]), None)

    def note_no(self, holders: Sequence[Person], about: Sequence[Cell], way: Way) -> None:
        self.moment += 1
        for person in holders:
            for topic, channel in about:
                person.no[topic, channel] = self.moment
                person.answered.add((topic, channel))
                person.said |= {(customer, (topic, channel)) for customer in person.customers}
                if way is not Way.BOUNCE:
                    person.refused[topic, channel] = way
                if address := person.address(channel):
                    self.bar(channel, address, topic, way)

    def note_address_no(
        self, channel: Channel, address: str, about: Sequence[Cell], way: Way
    ) -> None:
        self.note_no(self.holders(channel, address), about, way)
        for topic, _channel in about:
            self.bar(channel, address, topic, way)

    def bar(self, channel: Channel, address: str, topic: Topic, way: Way) -> None:
        """A word stands where there was a bounce only; otherwise what was first stands."""
        key = channel, address, topic
        if self.barred.get(key, Way.BOUNCE) is Way.BOUNCE:
            self.barred[key] = way

    def holds(self, person: Person, customer: UUID, cell: Cell) -> bool:
        """Whether there is a yes to which no no came since."""
        return person.yes.get((customer, cell), 0) > person.no.get(cell, 0)

    def state(self, person: Person, customer: UUID, cell: Cell) -> State:
        address = person.address(cell[1])
        if address and (cell[1], address, cell[0]) in self.barred:
            return State.OFF
        if (customer, cell) not in person.said:
            return State.NEVER_ASKED
        return State.ON if self.holds(person, customer, cell) else State.OFF

    def may_be_written_to(self, person: Person, cell: Cell) -> bool:
        if not person.address(cell[1]):
            return False
        if person.paused_until and self.now.date() <= person.paused_until:
            return False
        return any(
            self.state(person, customer.id, cell) is State.ON and not self.is_over(customer, cell)
            for customer in self.customers
        )

    def is_over(self, customer: Customer, cell: Cell) -> bool:
        row = self.db.get_one(Customer, customer.id)
        kind = CustomerKind(row.kind)
        ended = row.contract_end is not None and row.contract_end < self.now.date()
        basis = basis_of(*cell, country=row.country, kind=kind)
        return ended and basis is Basis.LEGITIMATE_INTEREST

    def addresses(self, channel: Channel) -> list[str]:
        """Those that somebody has come first, and so are met oftener."""
        all_of_them = EMAILS if channel is Channel.EMAIL else PHONES[1:]
        return sorted(all_of_them, key=lambda each: not self.holders(channel, each))

    def holders(self, channel: Channel, address: str) -> list[Person]:
        return [person for person in self.people if person.address(channel) == address]

    def member(self, who: int, where: int) -> tuple[Person, UUID, Actor] | None:
        person = one(self.people, who)
        if not person.customers:
            return None
        mine = [each.id for each in self.customers if each.id in person.customers]
        customer = one(mine, where)
        return person, customer, self.actor(person, customer)

    def actor(self, person: Person, customer: UUID) -> Actor:
        return Actor(person.user_id, "P", "en", customer, Role.OWNER, authenticated_at=self.now)

    def signed_in(self, person: Person) -> Actor:
        return Actor(person.user_id, "P", "en", authenticated_at=self.now)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def cell_of(row: MarketingChoice) -> Cell:
    return Topic(row.topic), Channel(row.channel)


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
