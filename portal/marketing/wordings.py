"""What people are asked, word for word, and the version of it that a receipt keeps.

A version is made of the words themselves (SHA-256, cut to 12 signs), so that no text can change
without its version.
"""

import hashlib

from portal.languages import N_, _, using
from portal.marketing.models import Basis, Channel, Topic
from portal.settings import get_settings

Cell = tuple[Topic, Channel]
CELLS: tuple[Cell, ...] = tuple((topic, channel) for topic in Topic for channel in Channel)

_CELLS: dict[Cell, str] = {
    (Topic.OFFERS, Channel.EMAIL): N_("Offers by email"),
    (Topic.OFFERS, Channel.SMS): N_("Offers by SMS"),
    (Topic.INFORMATION, Channel.EMAIL): N_("Useful information by email"),
    (Topic.INFORMATION, Channel.SMS): N_("Useful information by SMS"),
    (Topic.STATUS_REPORTS, Channel.EMAIL): N_("Status reports by email"),
    (Topic.STATUS_REPORTS, Channel.SMS): N_("Status reports by SMS"),
    (Topic.SURVEYS, Channel.EMAIL): N_("Satisfaction surveys by email"),
    (Topic.SURVEYS, Channel.SMS): N_("Satisfaction surveys by SMS"),
}
_TOPICS: dict[Topic, str] = {
    Topic.OFFERS: N_("Offers"),
    Topic.INFORMATION: N_("Useful information"),
    Topic.STATUS_REPORTS: N_("Status reports"),
    Topic.SURVEYS: N_("Satisfaction surveys"),
}
_ABOUT: dict[Topic, str] = {
    Topic.OFFERS: N_("New alarms and services from {company}, and what they cost."),
    Topic.INFORMATION: N_("Advice on safety, and what is new in the portal."),
    Topic.STATUS_REPORTS: N_("How your alarm stands: sites, call lists, contract. Once a quarter."),
    Topic.SURVEYS: N_("Whether you are content with us. At most once a year."),
}
_BASES: dict[Basis, str] = {
    Basis.CONSENT: N_("Needs your consent."),
    Basis.LEGITIMATE_INTEREST: N_("Rests on our legitimate interest, while you are a customer."),
}
_WAY_OUT = N_("You can say no at any time, here or in any message.")
STOP_EVERYTHING = N_("Stop everything: no marketing by email or SMS, on any topic, for good.")
PAUSE = N_("Quiet up to and including")
RESUME = N_("End the pause")


def cell_name(topic: Topic, channel: Channel) -> str:
    """The cell in words, such as `Offers by email`."""
    return _(_CELLS[topic, channel])


def topic_name(topic: Topic) -> str:
    return _(_TOPICS[topic])


def about(topic: Topic) -> str:
    """What is sent on a topic, in a sentence."""
    return _(_ABOUT[topic]).format(company=get_settings().company_name)


def basis_sentence(basis: Basis) -> str:
    """What the legal basis means for the reader."""
    return _(_BASES[basis])


def way_out() -> str:
    """That a no is as easy as a yes, whatever the basis."""
    return _(_WAY_OUT)


def asked(topic: Topic, channel: Channel, basis: Basis) -> str:
    """All that is shown of one cell, in the current language: the text that a receipt keeps."""
    words = (about(topic), basis_sentence(basis), way_out())
    return f"{cell_name(topic, channel)}. {' '.join(words)}"


def version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def page_version(locale: str) -> str:
    """The version of everything that the page asks in a language."""
    with using(locale):
        texts = [asked(*cell, basis) for cell in CELLS for basis in Basis]
    return version_of("\n".join(texts))
