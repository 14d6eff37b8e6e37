"""Telling everybody concerned of a new version, once.

Who is concerned is known on higher floors. The proof is written with the mail, in one transaction,
so that nobody is written to twice; it is taken back if the mail comes back: see
`portal/notices/mailed.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.mail import outbox
from portal.notices import giving, texts, versions
from portal.notices.models import Audience, Channel, PublishedNotice
from portal.notices.texts import Version
from portal.notices.versions import Published
from portal.settings import get_settings

CHANGED = "notice-changed"


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whose data a notice is about, and where mail reaches them.

    `recipient` is their `giving.recipient_hash`; an account says better who they are.
    """

    name: str
    email: str
    locale: str
    recipient: str
    user_id: UUID | None = None
    contact_id: UUID | None = None


Finder = Callable[[Session], Iterable[Concerned]]
"""Says whom the notices for one audience concern."""


def to_announce(db: Session) -> list[Published]:
    """The published versions of which not everybody has been told yet."""
    untold = select(col(PublishedNotice.audience), col(PublishedNotice.version)).where(
        col(PublishedNotice.announced_at).is_(None)
    )
    found = {(row.audience, row.version) for row in db.execute(untold)}
    return [
        each
        for audience in Audience
        for each in versions.all_of(db, audience)
        if (audience.value, each.version.name) in found
    ]


def concerned_by(
    db: Session, published: Published, finders: Mapping[Audience, Finder]
) -> list[Concerned]:
    """Everybody who must be told of this version, each once.

    Nobody needs to hear of one that a newer one has replaced. Alarm contacts are written to only
    if it, or one that came with it, changes what happens to their data: that was promised to them.
    """
    version = published.version
    contacts = version.audience is Audience.ALARM_CONTACT
    if version != versions.newest(db, version.audience):
        return []
    if contacts and not any(each.changes_processing for each in _news(db, published)):
        return []
    people = finders[version.audience](db)
    return list({person.user_id or person.recipient: person for person in people}.values())


def tell(db: Session, published: Published, people: Sequence[Concerned], *, now: datetime) -> int:
    """Mail these people the new version, except those who have it; says how many were written to.

    Two at once tell nobody twice: the version's row is locked.
    """
    _locked(db, published)
    lacking = [
        person
        for person in people
        if not giving.has_current(
            db, published.version.audience, user_id=person.user_id, recipient=person.recipient
        )
    ]
    news = _news(db, published)
    for person in lacking:
        _tell(db, published, news, person, now=now)
    return len(lacking)


def _news(db: Session, published: Published) -> list[Version]:
    """This version, behind the earlier ones that nobody was told of: the oldest first."""
    version = published.version
    earlier = [
        each.version
        for each in to_announce(db)
        if each.version.audience is version.audience and each.version.name < version.name
    ]
    return [*reversed(earlier), version]


def finish(db: Session, published: Published, *, now: datetime) -> None:
    """Everybody has been told of this version."""
    row = _locked(db, published)
    row.announced_at = row.announced_at or now
    db.add(row)


def _locked(db: Session, published: Published) -> PublishedNotice:
    version = published.version
    return db.execute(
        select(PublishedNotice)
        .where(
            col(PublishedNotice.audience) == version.audience.value,
            col(PublishedNotice.version) == version.name,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _tell(
    db: Session,
    published: Published,
    news: Sequence[Version],
    person: Concerned,
    *,
    now: datetime,
) -> None:
    version = published.version
    page = f"{get_settings().origin}/{person.locale}/{texts.PAGES[version.audience]}"
    mail = outbox.post(
        db,
        kind=CHANGED,
        recipient=person.email,
        locale=person.locale,
        values={
            "name": person.name,
            "contact": version.audience is Audience.ALARM_CONTACT,
            "effective": published.effective,
            "changes": [
                change for each in news for change in texts.text(each, person.locale).changes
            ],
            "link": f"{page}?version={version.name}",
        },
        user_id=person.user_id,
        now=now,
    )
    giving.record_given(
        db,
        version.audience,
        version=version,
        locale=person.locale,
        channel=Channel.MAIL,
        user_id=person.user_id,
        contact_id=person.contact_id,
        recipient=person.recipient,
        message_id=mail.message_id if mail else "",
        now=now,
    )
