"""What marketing is about, and how it is sent: known to commands without the tables."""

from enum import StrEnum


class Topic(StrEnum):
    """What marketing is about."""

    OFFERS = "offers"
    INFORMATION = "information"
    STATUS_REPORTS = "status-reports"
    SURVEYS = "surveys"


class Channel(StrEnum):
    """How it is sent."""

    EMAIL = "email"
    SMS = "sms"


ALL = "all"  # stands for every topic, those that come later among them, or for every channel
