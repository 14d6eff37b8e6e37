"""Forgetting what a member chose for one customer: then nothing is sent, as if nobody had asked."""

from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from portal.marketing.models import MarketingChoice


def forget_choices(db: Session, user_id: UUID, customer_id: UUID) -> None:
    """Take back every yes and no of a membership. A no for the address holds on (suppression)."""
    db.execute(
        delete(MarketingChoice).where(
            col(MarketingChoice.user_id) == user_id,
            col(MarketingChoice.customer_id) == customer_id,
        )
    )
