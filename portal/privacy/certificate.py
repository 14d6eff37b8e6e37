"""The certificate of a deletion: what was erased and when, what stays, why and until when."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from portal.datamap import Retention
from portal.encryption import token_hash
from portal.errors import PortalError
from portal.languages import N_, _, format_day, format_number, ngettext
from portal.notices.kinds import KINDS
from portal.notices.tables import words_of
from portal.privacy.inventory import Erased, Inventory, Kept
from portal.privacy.models import Deletion, DeletionNotice, Scope
from portal.settings import get_settings

PURPOSE = "certificate"
LIFE = timedelta(days=90)

# The data map's reasons for what outlives its person, as readers see them.
REASONS: tuple[str, ...] = (
    N_("the agreement goes on until the contract ends, and names who is party to it"),
    N_("guards are sent to this address for as long as the alarm is monitored"),
    N_("until the contract ends, help is sent and these people are called"),
    N_("who has the address may be another; say no by the link in that mail"),
    N_("that it was done stays true for the others; who did it is forgotten"),
    N_("the history of the company stays true for its other members"),
    N_("the customer's history of the call list stays true without the name"),
    N_("whoever said no is not asked again for 90 days, and only a keyed hash says who"),
    N_("the proof that a person was informed outlives the person's account (GDPR article 5(2))"),
    N_(
        "what was chosen must be shown for as long as somebody may ask "
        "(GDPR articles 5(2) and 7(1))"
    ),
    N_("a no holds after its person is gone, and only a keyed hash says to which address"),
    N_(
        "the proof of what happened stays true; once the person's row is gone, the pseudonym "
        "leads to nobody"
    ),
    N_("that we deleted, what and when, can be shown without saying whom (article 5(2))"),
    N_("the ledger must find who was deleted in a backup, and leads to nobody without one"),
    N_("whoever else has the data must know whose they erase (GDPR article 19)"),
    N_("what was asked and answered can be shown for three years (articles 5(2) and 12)"),
    N_("the case stays for its three years; it leads to no account once there is none"),
)


class CertificateGoneError(PortalError):
    """There is no such certificate, or its link is older than 90 days."""

    code = "link-unknown"
    status = 410


@dataclass(frozen=True)
class Line:
    """A kind of data in the reader's words, with what happens to it."""

    kind: str
    about: str


@dataclass(frozen=True)
class Certificate:
    """`waits_for` are those who have not confirmed yet that they have erased the data, too."""

    scope: Scope
    asked_at: datetime
    erased_at: datetime
    erased: list[Line]
    kept: list[Line]
    confirmed: list[str]
    waits_for: list[str]


def written(inventory: Inventory) -> dict[str, Any]:
    """The inventory as the ledger keeps it."""
    return {
        "erased": [{"kind": each.kind, "rows": each.rows} for each in inventory.erased],
        "kept": [
            {
                "kind": each.kind,
                "because": each.because,
                "retention": each.retention.name,
                "until": each.until.isoformat() if each.until else "",
            }
            for each in inventory.kept
        ],
    }


def read(content: Mapping[str, Any]) -> Inventory:
    """What `written` wrote."""
    return Inventory(
        tuple(Erased(each["kind"], each["rows"]) for each in content.get("erased", [])),
        tuple(
            Kept(
                each["kind"],
                each["because"],
                Retention[each["retention"]],
                date.fromisoformat(each["until"]) if each["until"] else None,
            )
            for each in content.get("kept", [])
        ),
    )


def erased_in_words(inventory: Inventory) -> list[Line]:
    """What goes, in the current language."""
    return [Line(_(KINDS[each.kind]), _entries(each.rows)) for each in inventory.erased]


def kept_in_words(inventory: Inventory) -> list[Line]:
    """What stays, why and until when, in the current language: a line for each reason and day."""
    kinds: dict[str, list[str]] = {}
    for each in inventory.kept:
        about = f"{_capital(_(each.because))}. {_until(each)}."
        kinds.setdefault(about, []).append(_(KINDS[each.kind]))
    return [Line("; ".join(dict.fromkeys(named)), about) for about, named in kinds.items()]


def outside_in_words() -> str:
    """What stays outside the portal, which no table here holds, and for how long."""
    return _(
        "Outside the portal: emails with customer service for three years, and bookkeeping papers "
        "as long as the law says. In Norway that is five years, for some papers three and a half; "
        "in Denmark five; in Sweden seven; in Finland six, and ten for the books themselves."
    )


def make_link(deletion: Deletion, locale: str) -> str:
    """The address of the certificate, good for 90 days; only its token's hash is kept."""
    token = secrets.token_urlsafe(32)
    deletion.certificate_hash = token_hash(token)
    return f"{get_settings().origin}/go/{PURPOSE}/{token}?l={locale}"


def certificate(db: Session, token: str, *, now: datetime) -> Certificate:
    """The certificate behind a mailed link, as things stand now.

    Raises:
        CertificateGoneError: there is none, or the link is older than 90 days.
    """
    deletion = db.execute(
        select(Deletion).where(col(Deletion.certificate_hash) == token_hash(token))
    ).scalar()
    if deletion is None or deletion.erased_at is None or deletion.erased_at < now - LIFE:
        raise CertificateGoneError
    inventory = read(deletion.certificate)
    notices = db.execute(
        select(DeletionNotice)
        .where(col(DeletionNotice.deletion_id) == deletion.id)
        .order_by(col(DeletionNotice.recipient), col(DeletionNotice.customer_number))
    ).scalars()
    told = list(notices)
    return Certificate(
        scope=Scope(deletion.scope),
        asked_at=deletion.asked_at,
        erased_at=deletion.erased_at,
        erased=erased_in_words(inventory),
        kept=kept_in_words(inventory),
        confirmed=_recipients(each for each in told if each.confirmed_at is not None),
        waits_for=_recipients(each for each in told if each.confirmed_at is None),
    )


def _entries(rows: int) -> str:
    words = ngettext("{count} entry", "{count} entries", rows)
    return words.format(count=format_number(rows))


def _until(kept: Kept) -> str:
    if kept.until is None:
        return words_of(kept.retention)
    return _("Until {day}").format(day=format_day(kept.until))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


_RECIPIENTS = {
    "back office": N_("Our own office"),
    "monitoring station": N_("The monitoring station, whose people answer the alarm"),
}


def _recipients(notices: Iterable[DeletionNotice]) -> list[str]:
    return list(dict.fromkeys(_(_RECIPIENTS[each.recipient]) for each in notices))
