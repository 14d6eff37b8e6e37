"""What the portal counts, in Prometheus's form. Each process counts what it did itself."""

from prometheus_client import Counter

MAILS = Counter(
    "portal_mails",
    "Attempts to deliver a mail, by kind of mail and by outcome",
    ["kind", "outcome"],
)
