"""Somebody who was named as alarm contact, with the mail that reached them."""

from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select

from portal.actor import Actor, Role
from portal.contacts.adding import AddedContact, NewContact, add_contact
from portal.contacts.models import AlarmContact, CallListEntry
from portal.customers.models import Site
from portal.database import transaction
from portal.mail.letters import Letter
from portal.mail.models import OutboxMessage
from tests import people


class Guest:
    """Ida, whom the owner of a new customer has named, with an invitation on its way."""

    def __init__(self, email: str, *, made: datetime | None = None) -> None:
        self.made = made or datetime.now(UTC)
        self.email = email
        self.owner = people.add_owner("Gjest AS")
        self.added = self._add("Ida Strand", "900 00 141", email)

    def _add(self, name: str, phone: str, email: str) -> AddedContact:
        new = NewContact(
            name=name,
            phone=phone,
            email=email,
            locale="en",
            role="decide",
            told=True,
            told_words="Told",
        )
        with transaction() as db:
            return add_contact(db, self.inviter, self.site, new, now=self.made)

    @property
    def inviter(self) -> Actor:
        return Actor(
            self.owner.user_id,
            self.owner.name,
            "en",
            customer_id=self.owner.customers[0],
            role=Role.OWNER,
            authenticated_at=self.made,
        )

    @property
    def site(self) -> UUID:
        with transaction() as db:
            of_customer = col(Site.customer_id) == self.owner.customers[0]
            return db.exec(select(Site.id).where(of_customer)).one()

    @property
    def link(self) -> str:
        """The newest mailed link, below the origin."""
        with transaction() as db:
            mail = db.exec(
                select(OutboxMessage)
                .where(
                    col(OutboxMessage.recipient) == self.email,
                    col(OutboxMessage.kind).in_(["contact-invitation", "contact-reminder"]),
                )
                .order_by(col(OutboxMessage.created_at).desc(), col(OutboxMessage.id).desc())
            ).first()
            assert mail is not None
            assert mail.body
            text = Letter.opened(mail.body).text
        return f"/go/invitation/{text.split('/go/invitation/')[1].split()[0]}"

    @property
    def answer(self) -> str:
        with transaction() as db:
            return db.get_one(CallListEntry, self.added.entry_id).answer

    @property
    def field(self) -> str:
        return f"site-{self.added.entry_id}"

    def contact(self) -> AlarmContact | None:
        with transaction() as db:
            return db.get(AlarmContact, self.added.contact_id)
