"""Marketing choices and their receipts as pages show them: rows in the reader's words."""

from typing import TypedDict

from portal.marketing.choices import CellState, State
from portal.marketing.models import Channel, Decision, Topic, Way
from portal.marketing.receipts import ReceiptRow as Receipt
from portal.marketing.wordings import CELLS, basis_sentence, cell_name, topic_name
from portal.settings import get_settings
from portal.web.locale import LANGUAGE_NAMES, N_, _, format_day, format_day_of, format_time


class CellRow(TypedDict):
    """One cell: whether it is on, on which basis it rests, and what holds since when."""

    on: bool
    basis: str
    standing: str


class ReceiptRow(TypedDict):
    """One receipt. `details` says by which way and in which language, `text` what was shown."""

    id: str
    what: str
    who: str
    when: str
    iso: str
    text: str
    details: str
    address: str


def key_of(topic: Topic, channel: Channel) -> str:
    """The cell's name in forms and rows."""
    return f"{topic.value}-{channel.value}"


def no_cells() -> dict[str, CellRow]:
    """Every cell before anything is known of it."""
    return {key_of(*cell): {"on": False, "basis": "", "standing": ""} for cell in CELLS}


def cell_row(cell: CellState) -> CellRow:
    return {
        "on": cell.state is State.ON,
        "basis": basis_sentence(cell.basis),
        "standing": _standing(cell),
    }


_WAYS: dict[Way, str] = {
    Way.PORTAL: N_("in the portal"),
    Way.MAIL_LINK: N_("by the link in a mail"),
    Way.ONE_CLICK: N_("by one click in the mail program"),
    Way.LETTER: N_("by letter or phone, entered by customer service"),
    Way.IMPORT: N_("from our earlier records"),
    Way.STOP: N_("by STOP in answer to a message"),
    Way.COMPLAINT: N_("by reporting a message as unwanted"),
    Way.BOUNCE: N_("because our message came back"),
}


def _standing(cell: CellState) -> str:
    if cell.state is State.NEVER_ASKED or cell.way is None or cell.at is None:
        return _("Never asked: we send nothing.")
    chosen = {"day": format_day_of(cell.at), "way": _(_WAYS[cell.way])}
    if cell.state is State.OFF:
        return _("Off since {day}, {way}.").format(**chosen)
    said = _("On since {day}, {way}.").format(**chosen)
    if cell.ended:
        said += " " + _("The contract is over, so we send nothing.")
    return said


def receipt_row(receipt: Receipt) -> ReceiptRow:
    return {
        "id": str(receipt.id),
        "what": _what(receipt),
        "who": _who(receipt),
        "when": format_time(receipt.at),
        "iso": receipt.at.isoformat(),
        "text": receipt.text,
        "details": _details(receipt),
        "address": f"/download/receipts/{receipt.id}",
    }


def _what(receipt: Receipt) -> str:
    if receipt.decision is Decision.PAUSE and receipt.until:
        return _("A pause up to and including {day}").format(day=format_day(receipt.until))
    if receipt.decision is Decision.RESUME:
        return _("The pause ended")
    what = _about(receipt.topic, receipt.channel)
    if receipt.decision is Decision.YES:
        return _("Yes: {what}").format(what=what)
    return _("No: {what}").format(what=what)


def _about(topic: Topic | None, channel: Channel | None) -> str:
    if topic and channel:
        return cell_name(topic, channel)
    if topic:
        return topic_name(topic)
    if channel is Channel.EMAIL:
        return _("Everything by email")
    if channel is Channel.SMS:
        return _("Everything by SMS")
    return _("Everything")


def _who(receipt: Receipt) -> str:
    if receipt.by_you:
        return _("You")
    if receipt.way in {Way.LETTER, Way.IMPORT, Way.BOUNCE}:
        return get_settings().company_name
    return _("Whoever reads your messages")


def _details(receipt: Receipt) -> str:
    said = [_("How: {way}").format(way=_(_WAYS[receipt.way]))]
    if receipt.chosen_on:
        said.append(_("Chosen on {day}").format(day=format_day(receipt.chosen_on)))
    if receipt.source:
        said.append(_("Source: {source}").format(source=receipt.source))
    said.append(_("Language: {language}").format(language=LANGUAGE_NAMES[receipt.locale]))
    said.append(_("Version of the text: {version}").format(version=receipt.text_version))
    if not receipt.for_this_customer:
        said.append(_("For another customer you act for"))
    return " · ".join(said)
