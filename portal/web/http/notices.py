"""The privacy notices: the version that is in force, an earlier one, or two compared."""

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import Response

from portal.errors import NotFoundError
from portal.languages import format_day, ngettext, using
from portal.notices import texts
from portal.notices.comparison import Compared, compare
from portal.notices.models import Audience
from portal.notices.texts import PAGES, Block, Section
from portal.notices.versions import Published, all_of, day_of, in_force
from portal.web.documents import document
from portal.web.http.route import Endpoint
from portal.web.http.visit import Visit
from portal.web.pages.notices import comparison_of
from portal.web.services import look

_OTHER = {
    Audience.CUSTOMER: Audience.ALARM_CONTACT,
    Audience.ALARM_CONTACT: Audience.CUSTOMER,
}


def notice_page(audience: Audience) -> Endpoint:
    """`?version=` shows an earlier one; `?compare=` what changed from there to `version`, or to
    the one in force.
    """

    async def show(visit: Visit) -> Response:
        published = await look(all_of, audience)
        with using(visit.locale):
            if visit.query("compare"):
                return _comparison(visit, audience, published)
            return _notice(visit, audience, published)

    return show


def _notice(visit: Visit, audience: Audience, published: Sequence[Published]) -> Response:
    day = day_of(visit.now)
    holding = in_force(published, day)
    shown = _chosen(published, visit.query("version")) or holding
    newer = published[: published.index(shown)]
    text = texts.text(shown.version, visit.locale)
    address = visit.path(PAGES[audience])
    return document(
        PAGES[audience],
        visit.locale,
        title=text.title,
        query=_query(visit),
        address=address,
        other_address=visit.path(PAGES[_OTHER[audience]]),
        for_contacts=audience is Audience.ALARM_CONTACT,
        version=_dates(shown),
        replaced=format_day(newer[-1].effective) if holding in newer else "",
        coming=_dates(newer[-1]) if newer and shown is holding else "",
        sections=[_section(section) for section in text.sections],
        versions=[
            _entry(each, earlier, address, visit.locale)
            for each, earlier in zip(published, [*published[1:], None], strict=True)
        ],
    )


def _comparison(visit: Visit, audience: Audience, published: Sequence[Published]) -> Response:
    earlier = _chosen(published, visit.query("compare"))
    later = _chosen(published, visit.query("version"))
    later = later or in_force(published, day_of(visit.now))
    if earlier is None:
        raise NotFoundError
    before, after = (texts.text(each.version, visit.locale) for each in (earlier, later))
    return document(
        comparison_of(audience),
        visit.locale,
        query=_query(visit),
        earlier=_dates(earlier)["written"],
        later=_dates(later)["written"],
        changes=after.changes,
        lines=[_compared(line) for line in compare(before, after)],
    )


def _chosen(published: Sequence[Published], name: str) -> Published | None:
    """The published version of this name; None if no name was given.

    Raises:
        NotFoundError: nothing is published under this name.
    """
    if not name:
        return None
    for each in published:
        if each.version.name == name:
            return each
    raise NotFoundError


def _query(visit: Visit) -> str:
    """What was chosen, for the links to the other languages. It names versions that exist."""
    chosen = {name: visit.query(name) for name in ("compare", "version") if visit.query(name)}
    return f"?{urlencode(chosen)}" if chosen else ""


def _dates(published: Published) -> dict[str, str]:
    return {
        "name": published.version.name,
        "written": format_day(published.version.written),
        "effective": format_day(published.effective),
    }


def _entry(
    published: Published, earlier: Published | None, address: str, locale: str
) -> dict[str, object]:
    name = published.version.name
    return {
        **_dates(published),
        "changes": texts.text(published.version, locale).changes,
        "read": f"{address}?version={name}",
        "compare": f"{address}?compare={earlier.version.name}&version={name}" if earlier else "",
    }


def _section(section: Section) -> dict[str, object]:
    return {
        "anchor": section.anchor,
        "title": section.title,
        "blocks": [_block(block) for block in section.blocks],
    }


def _block(block: Block) -> dict[str, object]:
    shown: dict[str, object] = {"paragraph": block.paragraph, "points": block.points}
    return shown | ({block.table: block.rows} if block.table else {})


def _compared(line: Compared) -> dict[str, object]:
    if line.unchanged:
        words = ngettext("{count} part unchanged", "{count} parts unchanged", line.unchanged)
        return {"unchanged": words.format(count=line.unchanged)}
    return {line.kind.value: [{piece.mark.value: piece.words} for piece in line.pieces]}
