"""The privacy notices as anybody reads them: five languages, every version, no script."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
import time_machine
from bs4 import BeautifulSoup, Tag

from portal.actor import system
from portal.database import transaction
from portal.languages import LOCALES
from portal.notices import texts, versions
from portal.notices.models import Audience
from portal.notices.texts import PAGES
from portal.web.build_output import page_files
from portal.web.documents import document
from portal.web.site_map import DOCUMENTS
from portal.web.site_map import PAGES as PORTAL_PAGES
from tests.people import KARI
from tests.visitors import HERE, Browser, Browsers, title

# What is asked of the database is tried on both in tests/notices.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FIRST, SECOND, NEWEST = "2025-05-01", "2026-11-24", "2026-11-26"
PUBLISHED = datetime(2026, 11, 20, 9, tzinfo=UTC)
IN_FORCE = datetime(2026, 12, 1, 9, tzinfo=UTC)
CUSTOMER, CONTACT = PAGES[Audience.CUSTOMER], PAGES[Audience.ALARM_CONTACT]


@pytest.fixture
def reader(browsers: Browsers) -> Iterator[Browser]:
    """Somebody who is not signed in, when the newest version holds."""
    with transaction() as db:
        versions.publish(db, system("command line"), now=PUBLISHED)
    with time_machine.travel(IN_FORCE):
        yield browsers()


def parsed(answer: httpx.Response) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(answer: httpx.Response) -> str:
    return " ".join(parsed(answer).get_text(" ").split())


def links(found: BeautifulSoup | Tag) -> list[str]:
    return [str(link["href"]) for link in found.find_all("a")]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("audience", Audience)
def test_the_whole_text_is_on_the_page_in_every_language(
    reader: Browser, audience: Audience, locale: str
) -> None:
    answer = reader.get(f"/{locale}/{PAGES[audience]}")
    text = texts.text(texts.versions(audience)[-1], locale)
    said = words(answer)
    assert title(answer) == text.title
    for section in text.sections:
        assert section.title in said
        for block in section.blocks:
            for line in (block.paragraph, *block.points):
                for piece in line:
                    assert " ".join(piece.text.split()) in said
            for row in block.rows:
                assert row.name in said
                assert all(kind in said for kind in row.kinds)
                assert all(basis in said for basis in row.bases)


@pytest.mark.parametrize("path", [CUSTOMER, CONTACT])
def test_the_contents_lead_to_every_part(reader: Browser, path: str) -> None:
    page = parsed(reader.get(f"/en/{path}"))
    contents = page.find("nav")
    assert isinstance(contents, Tag)
    entries = links(contents)
    assert len(entries) >= 11
    for entry in entries:
        assert page.find(id=entry.removeprefix("#")), entry


def test_tables_have_a_name_and_headings(reader: Browser) -> None:
    page = parsed(reader.get(f"/en/{CUSTOMER}"))
    tables = page.find_all("table")
    assert len(tables) == 3
    for table in tables:
        assert table.caption
        assert table.caption.get_text()
        assert all(head.get_text() for head in table.find_all("th", scope="col"))
        assert len(table.find_all("th", scope="row")) >= 4


def test_mail_and_phone_and_authorities_are_links(reader: Browser) -> None:
    found = links(parsed(reader.get(f"/en/{CONTACT}")))
    assert "mailto:personvern@sensornordic.example" in found
    assert "tel:+4773000000" in found
    assert "https://www.datatilsynet.no" in found


@pytest.mark.parametrize("path", [CUSTOMER, CONTACT])
def test_where_to_ask_without_an_account_is_a_page(reader: Browser, path: str) -> None:
    address = f"{HERE}/fi/privacy/request"
    assert address in links(parsed(reader.get(f"/fi/{path}")))
    assert reader.get(address).status_code == 200


def test_each_notice_leads_to_the_other(reader: Browser) -> None:
    assert f"/en/{CONTACT}" in links(parsed(reader.get(f"/en/{CUSTOMER}")))
    assert f"/en/{CUSTOMER}" in links(parsed(reader.get(f"/en/{CONTACT}")))


def test_every_version_is_listed_with_its_day_and_what_was_new(reader: Browser) -> None:
    said = words(reader.get(f"/en/{CUSTOMER}"))
    for version in texts.versions(Audience.CUSTOMER):
        for change in texts.text(version, "en").changes:
            assert change in said
    assert "In force from 24 November 2026" in said
    assert "In force from 1 May 2025" in said


def test_an_earlier_version_can_be_read_and_says_that_it_is_one(reader: Browser) -> None:
    answer = reader.get(f"/en/{CUSTOMER}", params={"version": FIRST})
    said = words(answer)
    assert "This version held until 24 November 2026." in said
    assert "Everything else: until the contract ends." in said
    assert "<table" not in answer.text
    assert f"/en/{CUSTOMER}" in links(parsed(answer))


def test_the_version_that_holds_is_not_said_to_be_an_earlier_one(reader: Browser) -> None:
    for params in ({}, {"version": NEWEST}):
        said = words(reader.get(f"/en/{CUSTOMER}", params=params))
        assert "This version held until" not in said
        assert "Version of 26 November 2026, in force from 26 November 2026." in said


def test_before_its_day_a_new_version_is_announced_and_can_be_read(reader: Browser) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 9, tzinfo=UTC)):
        answer = reader.get(f"/en/{CUSTOMER}")
        assert "A new version holds from 24 November 2026." in words(answer)
        assert "Version of 1 May 2025, in force from 1 May 2025." in words(answer)
        assert f"/en/{CUSTOMER}?version={SECOND}" in links(parsed(answer))
        coming = words(reader.get(f"/en/{CUSTOMER}", params={"version": SECOND}))
        assert "Version of 24 November 2026, in force from 24 November 2026." in coming


def test_a_version_that_is_not_published_cannot_be_read(browsers: Browsers) -> None:
    stranger = browsers()
    assert stranger.get(f"/en/{CUSTOMER}", params={"version": SECOND}).status_code == 404
    assert stranger.get(f"/en/{CUSTOMER}", params={"compare": SECOND}).status_code == 404
    assert SECOND not in stranger.get(f"/en/{CUSTOMER}").text


@pytest.mark.parametrize("asked", ["1999-01-01", "../en", "<script>", "2025-05-01\x00", "{{7*7}}"])
@pytest.mark.parametrize("name", ["version", "compare"])
def test_a_version_that_was_made_up_is_not_found(reader: Browser, name: str, asked: str) -> None:
    answer = reader.get(f"/en/{CUSTOMER}", params={name: asked})
    assert answer.status_code == 404
    assert asked not in answer.text or asked == "../en"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", [CUSTOMER, CONTACT])
def test_two_versions_are_compared_in_words_for_eyes_and_ears(
    reader: Browser, path: str, locale: str
) -> None:
    page = parsed(reader.get(f"/{locale}/{path}", params={"compare": FIRST}))
    removed, added = page.find_all("del"), page.find_all("ins")
    assert removed
    assert added
    for change in (*removed, *added):
        hidden = [part.get_text() for part in change.find_all(class_="hidden-words")]
        assert hidden[0].strip("[ ").endswith(":")
        assert hidden[-1].strip() == "]"
    assert len(page.find_all("script")) == 0


def test_the_comparison_goes_both_ways_and_shortens_what_stays(reader: Browser) -> None:
    forwards = reader.get(f"/en/{CUSTOMER}", params={"compare": FIRST})
    backwards = reader.get(f"/en/{CUSTOMER}", params={"compare": SECOND, "version": FIRST})
    assert "From the version of 1 May 2025 to that of 26 November 2026." in words(forwards)
    assert "From the version of 24 November 2026 to that of 1 May 2025." in words(backwards)
    assert "2 parts unchanged" in words(forwards)
    assert "The authority that watches over us" not in words(forwards)


def test_other_languages_are_one_link_away_with_the_same_choice(reader: Browser) -> None:
    page = parsed(reader.get(f"/en/{CONTACT}", params={"compare": FIRST, "version": SECOND}))
    assert f"/fi/{CONTACT}?compare={FIRST}&version={SECOND}" in links(page)
    assert f"/nb/{CUSTOMER}" in links(parsed(reader.get(f"/en/{CUSTOMER}")))


def test_every_document_leads_to_both_notices(reader: Browser) -> None:
    for each in DOCUMENTS:
        html = document(each.path, "da").body
        assert in_the_footer(html) == [f"/da/{CUSTOMER}", f"/da/{CONTACT}"], each.path


def test_every_portal_page_leads_to_both_notices(reader: Browser) -> None:
    for each in PORTAL_PAGES:
        _, html = page_files()[f"/nb/{each.path}"].best_for("")
        assert in_the_footer(html) == [f"/nb/{CUSTOMER}", f"/nb/{CONTACT}"], each.path


def in_the_footer(html: bytes | memoryview) -> list[str]:
    footer = BeautifulSoup(bytes(html), "html.parser").find("footer")
    assert isinstance(footer, Tag)
    return links(footer)


def test_the_signed_in_may_read_them_too(browsers: Browsers, inhabited: str) -> None:
    assert browsers().sign_in_as(KARI).get(f"/en/{CUSTOMER}").status_code == 200


def test_search_engines_may_find_them(reader: Browser) -> None:
    robots = reader.get("/robots.txt").text
    assert f"Allow: /sv/{CUSTOMER}$" in robots
    assert f"Allow: /sv/{CONTACT}$" in robots
