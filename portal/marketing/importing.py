"""The import of what was chosen before the portal.

Every no counts, whatever else its row lacks, and even if other rows are wrong: a no can only
protect. A yes counts only with the words that were shown, the day and the source; only for
somebody who acts for a customer; and only where nobody has said anything since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from portal.accounts.models import User
from portal.actor import Actor
from portal.audit import trail
from portal.audit.events import AuditEvent
from portal.batches import in_batches
from portal.customers.import_file import Problem, Record, open_records
from portal.customers.models import Customer
from portal.customers.moves import today
from portal.marketing import suppression
from portal.marketing.choices import Relation, lock_person, relations, say_yes
from portal.marketing.import_rows import CHOICE_FILE, ImportedChoice, read_choice
from portal.marketing.models import MarketingChoice, Topic, Way
from portal.marketing.opt_outs import holders_of, lock_in_order, opt_out, place_of
from portal.marketing.receipts import Shown, has_answered
from portal.settings import get_settings


@dataclass
class MarketingImportReport:
    """What an import of earlier choices did, for the operator who ran it.

    `noes` counts those in the file, `new_noes` those that changed something. Of the file's yeses
    `taken` were taken over, `unproven` lack text, day or source, `overruled` meet a no or a newer
    choice, and `nobodys` name nobody who acts for a customer. `yeses_wait`: something in the file
    is wrong, and only noes were looked at. `written` is false after a dry run.
    """

    rows: int = 0
    wrong_rows: int = 0
    noes: int = 0
    new_noes: int = 0
    taken: int = 0
    unproven: int = 0
    overruled: int = 0
    nobodys: int = 0
    written: bool = False
    yeses_wait: bool = False
    problems: list[Problem] = field(default_factory=list)


def import_marketing(
    db: Session,
    actor: Actor,
    data: bytes,
    *,
    now: datetime,
    skip_invalid: bool = False,
    dry_run: bool = False,
) -> MarketingImportReport:
    """Take the choices of a CSV file over, or say what taking them over would do.

    No yes is written if a row or a column is wrong, unless `skip_invalid`; every no is. Nothing is
    written in a `dry_run`. The second import of a file changes nothing.

    Raises:
        NotAllowedError: only SensorNordic itself imports.
        UnreadableFileError: the file as a whole cannot be used.
    """
    actor.require_system()
    records = open_records(data, CHOICE_FILE)
    rows = list(records)
    report = MarketingImportReport(rows=len(rows))
    choices, problems = _read(rows, _countries(db, rows))
    report.problems = sorted([*records.problems, *problems], key=lambda problem: problem.line)
    wrong = {problem.line for problem in report.problems if problem.line > 1}
    report.wrong_rows = len(wrong)
    report.rows += len({problem.line for problem in records.problems if problem.line > 1})
    report.yeses_wait = bool(report.problems) and not skip_invalid
    with db.begin_nested() as step:
        lock_in_order(db, [(each.channel, each.address) for each in choices])
        _take_noes(db, actor, choices, report, now)
        if not report.yeses_wait:
            _take_yeses(db, actor, choices, report, now)
        if dry_run:
            step.rollback()
    if not dry_run:
        report.written = True
        trail.record(
            db,
            AuditEvent.MARKETING_IMPORTED,
            actor,
            now=now,
            noes=report.noes,
            yeses=report.taken,
            wrong_rows=report.wrong_rows,
        )
    return report


def _countries(db: Session, records: Iterable[Record]) -> dict[str, str]:
    """The countries of the customers whom the file names, by number."""
    numbers = sorted({record.cells.get("customer_number", "") for record in records})
    found: dict[str, str] = {}
    for some in in_batches(numbers):
        customers = select(col(Customer.number), col(Customer.country))
        named = customers.where(col(Customer.number).in_(some))
        found |= dict(db.execute(named).all())
    return found


def _read(
    rows: Iterable[Record], countries: Mapping[str, str]
) -> tuple[list[ImportedChoice], list[Problem]]:
    choices: list[ImportedChoice] = []
    problems: list[Problem] = []
    for record in rows:
        number = record.cells.get("customer_number", "")
        found = read_choice(record, countries.get(number, get_settings().company_country))
        if isinstance(found, ImportedChoice):
            choices.append(found)
        else:
            problems += found
    return choices, problems


def _take_noes(
    db: Session,
    actor: Actor,
    choices: Iterable[ImportedChoice],
    report: MarketingImportReport,
    now: datetime,
) -> None:
    noes = [each for each in choices if not each.chosen]
    for each in sorted(noes, key=lambda no: place_of(no.channel, no.address, no.topic)):
        report.noes += 1
        report.new_noes += opt_out(
            db,
            actor,
            each.channel,
            each.address,
            [each.topic] if each.topic else None,
            Shown(each.text or "no", each.locale),
            Way.IMPORT,
            now=now,
            source=each.source,
        )


def _take_yeses(
    db: Session,
    actor: Actor,
    choices: Iterable[ImportedChoice],
    report: MarketingImportReport,
    now: datetime,
) -> None:
    yeses = sorted((each for each in choices if each.chosen), key=lambda each: each.address)
    for each in yeses:
        if each.topic is None or not _is_proven(each, today(now, "NO")):
            report.unproven += 1
        elif (found := _member(db, each)) is None:
            report.nobodys += 1
        else:
            user, relation = found
            if _is_overruled(db, each, each.topic, user, relation):
                report.overruled += 1
                continue
            report.taken += 1
            say_yes(
                db,
                actor,
                user,
                relation,
                (each.topic, each.channel),
                Shown(each.text, each.locale),
                Way.IMPORT,
                now=now,
                source=each.source,
                chosen_on=each.chosen_on,
            )


def _is_proven(choice: ImportedChoice, day: date) -> bool:
    """Whether it can be shown what somebody agreed to, when, and whose records say so."""
    return bool(
        choice.text and choice.source and choice.chosen_on is not None and choice.chosen_on <= day
    )


def _member(db: Session, choice: ImportedChoice) -> tuple[User, Relation] | None:
    """Who has the address and acts for the customer, locked; nobody where it is not one person."""
    holders = holders_of(db, choice.channel, choice.address)
    if len(holders) != 1:
        return None
    related = relations(db, holders[0])
    if choice.customer_number:
        related = [each for each in related if each.number == choice.customer_number]
    return (lock_person(db, holders[0]), related[0]) if len(related) == 1 else None


def _is_overruled(
    db: Session, choice: ImportedChoice, topic: Topic, user: User, relation: Relation
) -> bool:
    """Whether the person has said something about this already, or the address must not be used."""
    key = (user.id, relation.customer_id, topic.value, choice.channel.value)
    said = db.get(MarketingChoice, key) is not None or has_answered(
        db, user.id, topic, choice.channel
    )
    return said or topic in suppression.suppressions_of(db, choice.channel, choice.address)
