"""A receipt as its person takes it along: JSON in the shape of ISO/IEC TS 27560:2023.

Its parts are those of the specification: a header, what is processed and why, who is involved,
and what happened when. The schema is `portal/marketing/receipt.schema.json`.

A receipt leaves the portal. The names in it are the same in all receipts, so that it shows which
belong together; they are made for receipts alone, and lead to no entry of the audit trail and to
no line of the erasure ledger, which outlive the account.
"""

import hmac
from typing import Any

from sqlmodel import Session

from portal.audit.trail import SYSTEM
from portal.datamap import Retention
from portal.encryption import lasting_key
from portal.languages import using
from portal.marketing.models import ALL, Basis, Decision, MarketingReceipt, Topic, Way
from portal.marketing.wordings import topic_name
from portal.notices import versions
from portal.notices.models import Audience
from portal.notices.texts import PAGES
from portal.settings import get_settings

SCHEMA_VERSION = "ISO/IEC TS 27560:2023, SensorNordic portal 1"
CONTROLLER, SENDERS = "controller", "mailing providers"
_LAWFUL_BASIS = {
    Basis.CONSENT: "GDPR article 6(1)(a): consent",
    Basis.LEGITIMATE_INTEREST: "GDPR article 6(1)(f): legitimate interest",
}
_STATES = {
    Decision.YES: "given",
    Decision.NO: "refused or withdrawn",
    Decision.PAUSE: "paused",
    Decision.RESUME: "resumed",
}
_COLLECTED = {
    Way.PORTAL: "the person's own act, signed in to the portal",
    Way.MAIL_LINK: "the person's own act, on the page behind the link in a mail",
    Way.ONE_CLICK: "the person's own act, in their mail program (RFC 8058)",
    Way.LETTER: "the person's letter or call, entered by customer service",
    Way.IMPORT: "earlier records, taken over",
    Way.STOP: "the person's answer to a message",
    Way.COMPLAINT: "the person reported a message as unwanted",
    Way.BOUNCE: "a message to the address came back",
}


def receipt_document(db: Session, receipt: MarketingReceipt) -> dict[str, Any]:
    """The receipt as one JSON object."""
    event = {
        "event_time": receipt.at.isoformat(timespec="seconds"),
        "event_type": "explicit" if receipt.way != Way.BOUNCE else "technical",
        "event_state": _STATES[Decision(receipt.decision)],
        "entity_id": _name(receipt.actor) or "unknown: whoever had the link",
    }
    if receipt.until:
        event["validity_duration"] = f"until {receipt.until.isoformat()}"
    if receipt.chosen_on:
        event["chosen_on"] = receipt.chosen_on.isoformat()
        event["source"] = receipt.source
    return {
        "record_header": {
            "schema_version": SCHEMA_VERSION,
            "record_id": str(receipt.id),
            "pii_principal_id": _name(receipt.subject),
        },
        "pii_processing": {
            "privacy_notice": _notice_address(db, receipt),
            "language": receipt.locale,
            "purposes": [_purpose(receipt)],
        },
        "party_identification": _parties(),
        "event": [event],
    }


def _name(pseudonym: str) -> str:
    """The name in receipts of whom the trail knows by this one; a part of SensorNordic by its own,
    and empty for nobody.
    """
    if not pseudonym or pseudonym.startswith(SYSTEM):
        return pseudonym
    return hmac.digest(lasting_key("names in receipts"), pseudonym.encode(), "sha256").hex()


def _purpose(receipt: MarketingReceipt) -> dict[str, Any]:
    settings = get_settings()
    topic = receipt.topic
    with using(receipt.locale):
        name = topic if topic == ALL else topic_name(Topic(topic))
    return {
        "purpose": name,
        "purpose_type": "marketing",
        "purpose_code": topic,
        "channel": receipt.channel,
        "purpose_description": receipt.text,
        "purpose_description_version": receipt.text_version,
        "lawful_basis": _LAWFUL_BASIS[Basis(receipt.basis)] if receipt.basis else "not needed",
        "pii_information": _information(receipt),
        "pii_controllers": [CONTROLLER],
        "recipient_third_parties": [SENDERS],
        "collection_method": _COLLECTED[Way(receipt.way)],
        "processing_method": "sending messages; nobody is profiled for it",
        "storage_conditions": {
            "retention_period": Retention.CHOICE_REPLACED.value,
            "jurisdiction": settings.company_country,
        },
        "withdrawal_method": f"{settings.origin}/{receipt.locale}/preferences, or the link in "
        "every message",
        "privacy_rights": f"{settings.origin}/{receipt.locale}/{PAGES[Audience.CUSTOMER]}",
    }


def _information(receipt: MarketingReceipt) -> list[dict[str, Any]]:
    kinds = {"email": "e-mail address", "sms": "phone number"}
    wanted = [receipt.channel] if receipt.channel != ALL else list(kinds)
    return [{"pii_type": kinds[channel], "pii_optional": True} for channel in wanted] + [
        {"pii_type": "language", "pii_optional": False}
    ]


def _parties() -> list[dict[str, str]]:
    settings = get_settings()
    return [
        {
            "party_id": CONTROLLER,
            "party_role": "controller",
            "party_name": settings.company_name,
            "party_address": settings.company_address,
            "party_email": settings.company_email,
            "party_phone": settings.company_phone,
            "party_url": settings.origin,
        },
        {
            "party_id": SENDERS,
            "party_role": "processor",
            "party_name": f"The companies that send mailings for {settings.company_name}",
        },
    ]


def _notice_address(db: Session, receipt: MarketingReceipt) -> str:
    """The privacy notice that was in force on the day of the choice."""
    published = versions.all_of(db, Audience.CUSTOMER)
    held = versions.in_force(published, versions.day_of(receipt.at))
    page = PAGES[Audience.CUSTOMER]
    return f"{get_settings().origin}/{receipt.locale}/{page}?version={held.version.name}"
