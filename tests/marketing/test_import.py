"""What was chosen before the portal: every no counts, and a yes only with its proof."""

from datetime import date, datetime

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from portal.accounts.models import User
from portal.actor import Role, system
from portal.audit.models import AuditEntry
from portal.customers.import_file import UnreadableFileError
from portal.customers.models import Customer, Member
from portal.errors import NotAllowedError
from portal.marketing.choices import State, matrix, stop_everything
from portal.marketing.importing import MarketingImportReport, import_marketing
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
from tests.customers.files import text
from tests.customers.people import People, act, add_customer
from tests.marketing.conftest import cell_of, choose, written_to

BACK_OFFICE = system("back office")
KARI = "kari@nordlys.example"
NO = {
    "channel": "email",
    "address": KARI,
    "topic": "offers",
    "choice": "no",
    "customer_number": "",
    "chosen_on": "",
    "text": "",
    "language": "",
    "source": "",
}
YES = NO | {
    "choice": "yes",
    "customer_number": "10001",
    "chosen_on": "14.01.2025",
    "text": "Yes, send me offers by email.",
    "language": "nb",
    "source": "Contract form 2025",
}


def take(
    db: Session, now: datetime, *rows: dict[str, str], **options: bool
) -> MarketingImportReport:
    return import_marketing(db, BACK_OFFICE, text(*rows).encode(), now=now, **options)


def told(report: MarketingImportReport) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.code) for problem in report.problems]


def count(db: Session, table: type) -> int:
    return db.exec(select(func.count()).select_from(table)).one()


def test_proven_yes_is_taken_over_with_its_proof(
    db: Session, people: People, clock: datetime
) -> None:
    report = take(db, clock, YES)
    assert (report.taken, report.written) == (1, True)
    assert written_to(db, clock) == [KARI]
    receipt = db.exec(select(MarketingReceipt)).one()
    assert (receipt.text, receipt.locale, receipt.way) == (YES["text"], "nb", "import")
    assert (receipt.source, receipt.chosen_on) == ("Contract form 2025", date(2025, 1, 14))
    assert receipt.actor == "system back office"


@pytest.mark.parametrize(
    "lacking",
    [
        {"text": ""},
        {"source": ""},
        {"chosen_on": ""},
        {"chosen_on": "2030-01-01"},
        {"topic": "all"},
    ],
)
def test_yes_without_its_proof_is_no_consent_and_no_error(
    db: Session, people: People, clock: datetime, lacking: dict[str, str]
) -> None:
    report = take(db, clock, YES | lacking)
    assert (report.taken, report.unproven, told(report)) == (0, 1, [])
    cells = matrix(db, people.kari, now=clock).cells
    assert {each.state for each in cells} == {State.NEVER_ASKED}
    assert count(db, MarketingReceipt) == 0


@pytest.mark.parametrize(
    "row",
    [
        NO,
        NO | {"chosen_on": "yesterday", "language": "klingon", "text": "x" * 3000},
        NO | {"address": f"  {KARI.upper()} ", "choice": "Nei"},
        NO | {"topic": "all"},
        NO | {"customer_number": "no such number"},
    ],
)
def test_every_no_counts_whatever_else_its_row_says(
    db: Session, people: People, clock: datetime, row: dict[str, str]
) -> None:
    choose(db, people.kari, clock, offers_email=True)
    report = take(db, clock, row)
    assert (report.noes, report.new_noes, told(report)) == (1, 1, [])
    assert written_to(db, clock) == []


def test_no_for_an_address_that_nobody_has_waits_for_its_person(
    db: Session, people: People, clock: datetime
) -> None:
    take(db, clock, NO | {"address": "ny@nordlys.example"})
    newcomer = User(email="ny@nordlys.example", name="Ny", locale="nb", created_at=clock)
    db.add(newcomer)
    db.flush()
    nordlys = add_customer(db, clock, number="10010", name="Nordlys Kafé AS")
    actor = act(db, newcomer, nordlys, Role.OWNER, clock)
    assert take(db, clock, YES | {"address": "ny@nordlys.example", "customer_number": ""}).overruled
    cells = {(each.topic, each.channel): each for each in matrix(db, actor, now=clock).cells}
    assert cells[cell_of("offers_email")].state is State.OFF


@pytest.mark.parametrize("order", [(YES, NO), (NO, YES)])
def test_no_in_the_same_file_wins_in_any_order(
    db: Session, people: People, clock: datetime, order: tuple[dict[str, str], ...]
) -> None:
    report = take(db, clock, *order)
    assert (report.new_noes, report.taken, report.overruled) == (1, 0, 1)
    assert written_to(db, clock) == []


def test_yes_overrules_nothing_that_was_said_since(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=False)
    assert take(db, clock, YES).overruled == 1
    choose(db, people.tor, clock, offers_email=True)
    stop_everything(db, people.tor, locale="en", now=clock)
    assert take(db, clock, YES | {"address": "tor@nordlys.example"}).overruled == 1
    liv, shown = "liv@nordlys.example", Shown("Unsubscribe", "en")
    opt_out(db, BACK_OFFICE, Channel.EMAIL, liv, [Topic.OFFERS], shown, Way.MAIL_LINK, now=clock)
    assert take(db, clock, YES | {"address": liv}).overruled == 1
    assert written_to(db, clock) == []


def test_yes_that_was_withdrawn_stays_withdrawn_when_its_file_comes_again(
    db: Session, people: People, clock: datetime
) -> None:
    take(db, clock, YES)
    choose(db, people.kari, clock, offers_email=False)
    assert take(db, clock, YES).overruled == 1
    assert written_to(db, clock) == []


def test_no_to_one_topic_or_channel_leaves_the_yes_to_another(
    db: Session, people: People, clock: datetime
) -> None:
    sms = {"channel": "sms", "address": "+47 900 00 101", "topic": "all"}
    report = take(db, clock, NO | {"topic": "surveys"}, NO | sms, YES | {"address": KARI.upper()})
    assert (report.new_noes, report.taken) == (2, 1)
    assert written_to(db, clock) == [KARI]


def test_yes_of_an_erased_person_comes_back_with_nobody(
    db: Session, people: People, clock: datetime
) -> None:
    opt_out(
        db,
        BACK_OFFICE,
        Channel.EMAIL,
        KARI,
        None,
        Shown("STOP", "nb"),
        Way.MAIL_LINK,
        now=clock,
    )
    db.execute(delete(User).where(col(User.id) == people.kari.user))
    assert take(db, clock, YES).nobodys == 1
    again = User(email=KARI, name="Kari", locale="nb", created_at=clock)
    db.add(again)
    db.flush()
    nordlys = add_customer(db, clock, number="10012", name="Nordlys Kai AS")
    act(db, again, nordlys, Role.OWNER, clock)
    assert take(db, clock, YES | {"customer_number": "10012"}).overruled == 1
    assert written_to(db, clock) == []


def test_yes_counts_for_the_named_customer_alone(
    db: Session, people: People, clock: datetime
) -> None:
    kari = db.get_one(User, people.kari.user)
    cafe = add_customer(db, clock, number="10009", name="Nordlys Kafé AS")
    act(db, kari, cafe, Role.OWNER, clock)
    assert take(db, clock, YES | {"customer_number": ""}).nobodys == 1, "which of the two?"
    assert take(db, clock, YES | {"customer_number": "10009"}).taken == 1
    row = db.exec(select(MarketingChoice)).one()
    assert row.customer_id == cafe.id


@pytest.mark.parametrize(
    "row",
    [
        YES | {"address": "stranger@nordlys.example"},
        YES | {"customer_number": "10002"},
        YES | {"channel": "sms", "address": "+47 900 00 101"},
    ],
)
def test_yes_of_nobody_who_acts_for_the_customer_is_left_out(
    db: Session, people: People, clock: datetime, row: dict[str, str]
) -> None:
    assert take(db, clock, row).nobodys == 1
    assert count(db, MarketingChoice) == 0


def test_number_that_two_people_share_says_yes_for_neither(
    db: Session, people: People, clock: datetime
) -> None:
    for actor in (people.kari, people.tor):
        user = db.get_one(User, actor.user)
        user.phone = "+4790000101"
        db.add(user)
    db.flush()
    row = YES | {"channel": "sms", "address": "900 00 101"}
    assert take(db, clock, row).nobodys == 1
    take(db, clock, row | {"choice": "no"})
    for actor in (people.kari, people.tor):
        cells = {(e.topic, e.channel): e for e in matrix(db, actor, now=clock).cells}
        assert cells[cell_of("offers_sms")].state is State.OFF


def test_wrong_rows_keep_the_yeses_out_and_no_no(
    db: Session, people: People, clock: datetime
) -> None:
    wrong = NO | {"channel": "fax"}
    report = take(db, clock, YES, NO | {"address": "tor@nordlys.example"}, wrong)
    assert told(report) == [(4, "channel", "channel-unknown")]
    assert (report.yeses_wait, report.taken, report.new_noes) == (True, 0, 1)
    assert written_to(db, clock) == []
    assert take(db, clock, YES, wrong, skip_invalid=True).taken == 1


def test_no_about_what_nobody_knows_is_a_no_to_everything(
    db: Session, people: People, clock: datetime
) -> None:
    choose(db, people.kari, clock, offers_email=True, surveys_email=True)
    report = take(db, clock, NO | {"topic": "The Christmas letter"})
    assert (report.problems, report.new_noes) == ([], 1)
    assert written_to(db, clock) == written_to(db, clock, Topic.SURVEYS) == []


def test_yes_about_what_nobody_knows_is_wrong(db: Session, people: People, clock: datetime) -> None:
    report = take(db, clock, YES | {"topic": "The Christmas letter"})
    assert told(report) == [(2, "topic", "topic-unknown")]


def test_column_that_nobody_knows_keeps_the_yeses_out(
    db: Session, people: People, clock: datetime
) -> None:
    row = {name: cell for name, cell in YES.items() if name != "customer_number"}
    row["kundenummer"] = "10002"  # whose yes it is cannot be seen
    report = take(db, clock, row, NO | {"address": "tor@nordlys.example"})
    assert told(report) == [(1, "kundenummer", "column-unknown")]
    assert (report.yeses_wait, report.taken, report.new_noes) == (True, 0, 1)


def test_number_is_read_by_the_rules_of_the_customers_country(
    db: Session, people: People, clock: datetime
) -> None:
    orjan = db.get_one(User, people.orjan.user)
    orjan.phone = "+46701740605"
    db.add(orjan)
    db.flush()
    choose(db, people.orjan, clock, offers_sms=True)
    number = db.get_one(Customer, people.orjan.customer_id).number
    row = NO | {"channel": "sms", "address": "070-174 06 05"}
    assert told(take(db, clock, row)) == [(2, "address", "phone-too-long")]
    assert take(db, clock, row | {"customer_number": number}).new_noes == 1
    assert written_to(db, clock, channel=Channel.SMS) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (NO | {"channel": "fax"}, ("channel", "channel-unknown")),
        (NO | {"choice": ""}, ("choice", "choice-required")),
        (NO | {"choice": "perhaps"}, ("choice", "yes-or-no")),
        (NO | {"address": "kari"}, ("address", "email-no-at")),
        (NO | {"channel": "sms", "address": "12"}, ("address", "phone-too-short")),
        (YES | {"chosen_on": "yesterday"}, ("chosen_on", "date-unknown")),
        (YES | {"text": "x" * 1001}, ("text", "text-too-long")),
        (YES | {"language": "de"}, ("language", "language-unknown")),
    ],
)
def test_row_that_hides_what_it_is_about_is_told(
    db: Session, people: People, clock: datetime, row: dict[str, str], problem: tuple[str, str]
) -> None:
    report = take(db, clock, row)
    assert told(report) == [(2, *problem)]


def test_second_import_changes_nothing(db: Session, people: People, clock: datetime) -> None:
    rows = (YES, NO | {"address": "tor@nordlys.example"}, NO | {"address": "x@y.example"})
    take(db, clock, *rows)
    before = [count(db, table) for table in (MarketingChoice, MarketingReceipt, Suppression)]
    report = take(db, clock, *rows)
    assert (report.new_noes, report.taken, report.overruled) == (0, 0, 1)
    assert [
        count(db, table) for table in (MarketingChoice, MarketingReceipt, Suppression)
    ] == before


def test_dry_run_says_the_same_and_writes_nothing(
    db: Session, people: People, clock: datetime
) -> None:
    rows = (YES, NO | {"address": "tor@nordlys.example"})
    dry = take(db, clock, *rows, dry_run=True)
    tables = (MarketingChoice, MarketingReceipt, Suppression)
    assert [count(db, table) for table in tables] == [0, 0, 0]
    done = take(db, clock, *rows)
    assert (dry.taken, dry.new_noes) == (done.taken, done.new_noes) == (1, 1)
    assert (dry.written, done.written) == (False, True)
    db.commit()
    events = db.exec(select(AuditEntry).where(AuditEntry.event == "marketing imported")).all()
    assert [entry.details for entry in events] == [{"noes": 1, "yeses": 1, "wrong_rows": 0}]


def test_only_the_office_imports(db: Session, people: People, clock: datetime) -> None:
    with pytest.raises(NotAllowedError):
        import_marketing(db, people.kari, text(YES).encode(), now=clock)
    with pytest.raises(UnreadableFileError):
        import_marketing(db, BACK_OFFICE, b"name;city\r\n", now=clock)


def test_topics_may_be_called_as_on_the_pages(db: Session, people: People, clock: datetime) -> None:
    take(db, clock, YES | {"topic": "Satisfaction surveys"})
    assert written_to(db, clock, Topic.SURVEYS) == [KARI]


@pytest.mark.parametrize("since", ["joined another customer", "left and joined again"])
def test_earlier_yes_does_not_survive_a_no_that_a_yes_for_one_customer_has_ended(
    db: Session, people: People, clock: datetime, since: str
) -> None:
    choose(db, people.kari, clock, offers_email=False)
    choose(db, people.kari, clock, offers_email=True)
    kari = db.get_one(User, people.kari.user)
    if since == "joined another customer":
        act(db, kari, add_customer(db, clock, number="10009", name="Kafé AS"), Role.OWNER, clock)
        number = "10009"
    else:
        db.execute(delete(Member).where(col(Member.user_id) == kari.id))
        act(db, kari, db.get_one(Customer, people.nordlys), Role.OWNER, clock)
        number = "10001"
    report = take(db, clock, YES | {"customer_number": number})
    assert (report.taken, report.overruled) == (0, 1)
