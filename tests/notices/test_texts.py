"""The texts of the notices: whole in five languages, with every fact, and true to the data map."""

import hashlib
import json
import re
from pathlib import Path

import pytest

import portal.tables  # noqa: F401 - the data map is what the tables declare
from portal.contacts import bars
from portal.datamap import Subject, register
from portal.languages import LOCALES, _, using
from portal.notices import tables, texts
from portal.notices.controller import AUTHORITIES
from portal.notices.kinds import KINDS, kind_of
from portal.notices.models import Audience
from portal.notices.texts import Block, Text, Version
from portal.privacy import certificate, deletions
from portal.settings import get_settings
from tests.visitors import Configure

EVERY = [
    pytest.param(version, locale, id=f"{audience.name.lower()}-{version.name}-{locale}")
    for audience in Audience
    for version in texts.versions(audience)
    for locale in LOCALES
]
NEWEST = [
    pytest.param(texts.versions(audience)[-1], locale, id=f"{audience.name.lower()}-{locale}")
    for audience in Audience
    for locale in LOCALES
]
LONGEST_IN_MAIL = 200
DAYS = {"en": "day", "nb": "dag", "sv": "dag", "da": "dag", "fi": "päiv"}
# Of all versions but the newest, which may still follow the data map.
PUBLISHED = {
    "customer/2025-05-01": "c9a204251ac1b7a3fe4525fc6013a8edbf1ee81b23f49af133d5ec63b0224c29",
    "customer/2026-11-24": "77b1e3d2f698a691fb53338c9eca2088746a80edd4d2c2d3d1472b19de474fa2",
    "customer/2026-11-25": "d51829818cae6984f50071e4a50694123ce5b0ffeb5807a039b61c3665715d5b",
    "alarm-contact/2025-05-01": "858a47ea36388b5f0146666e936e8d9d8038706e428f763bcfc30d7fac069a2c",
    "alarm-contact/2026-11-24": "fc132d6332dcf2df294f1d3009004048bbed94ef1b8ef89813c4b6a853a37fe5",
}


@pytest.fixture(autouse=True)
def fresh_texts() -> None:
    """A text holds the company's facts of its first reading."""
    texts.text.cache_clear()


def said(text: Text) -> str:
    """Everything that a reader of the text sees."""
    parts: list[str] = [text.title]
    for section in text.sections:
        parts.append(section.title)
        for block in section.blocks:
            parts += said_in(block)
    return "\n".join(parts)


def said_in(block: Block) -> list[str]:
    lines = ["".join(words.text for words in line) for line in (block.paragraph, *block.points)]
    rows = ["\n".join((row.name, *row.kinds, *row.bases)) for row in block.rows]
    return [*lines, *rows]


def shape(text: Text) -> list[list[str]]:
    """The text without its words: what is translated has the same in every language."""
    return [
        [block.table or f"{bool(block.paragraph)} {len(block.points)}" for block in section.blocks]
        for section in text.sections
    ]


@pytest.mark.parametrize(("version", "locale"), EVERY)
def test_a_text_says_in_every_language_as_much_as_in_english(version: Version, locale: str) -> None:
    assert shape(texts.text(version, locale)) == shape(texts.text(version, "en"))
    assert len(texts.text(version, locale).changes) == len(texts.text(version, "en").changes)


@pytest.mark.parametrize(("version", "locale"), EVERY)
def test_a_text_names_the_company_and_leaves_no_place_open(version: Version, locale: str) -> None:
    words = said(texts.text(version, locale))
    assert "SensorNordic" in words
    assert "Fjordgata 12, 7010 Trondheim" in words
    assert "personvern@sensornordic.example" in words
    assert not re.search(r"[{}]", words)


@pytest.mark.parametrize(("version", "locale"), EVERY)
def test_a_text_is_another_in_each_language(version: Version, locale: str) -> None:
    others = [texts.text(version, other) for other in LOCALES if other != locale]
    own = texts.text(version, locale)
    assert own.title not in [other.title for other in others]
    assert own.digest not in [other.digest for other in others]


@pytest.mark.parametrize(("version", "locale"), EVERY)
def test_a_text_names_all_four_authorities_the_companys_own_first(
    version: Version, locale: str
) -> None:
    links = [
        words.address
        for section in texts.text(version, locale).sections
        for block in section.blocks
        for point in block.points
        for words in point
        if words.address.startswith("https:")
    ]
    assert links == [AUTHORITIES[country].address for country in ("NO", "SE", "DK", "FI")]


@pytest.mark.parametrize(("version", "locale"), EVERY)
def test_what_is_new_is_short_enough_for_a_mail(version: Version, locale: str) -> None:
    for change in texts.text(version, locale).changes:
        assert len(change) <= LONGEST_IN_MAIL


@pytest.mark.parametrize(("version", "locale"), NEWEST)
def test_the_newest_text_names_every_legal_basis_of_its_readers(
    version: Version, locale: str
) -> None:
    bases = {"6(1)(c)", "6(1)(d)", "6(1)(f)"}
    if version.audience is Audience.CUSTOMER:
        bases |= {"6(1)(a)", "6(1)(b)"}
    assert set(re.findall(r"6\(1\)\([a-f]\)", said(texts.text(version, locale)))) == bases


def test_a_swedish_company_has_its_own_law_authority_and_order(configure: Configure) -> None:
    configure(COMPANY_COUNTRY="SE", COMPANY_NAME="Larm & Lås AB")
    text = texts.text(texts.versions(Audience.CUSTOMER)[-1], "en")
    words = said(text)
    assert "Larm & Lås AB is responsible" in words
    assert "dataskyddslagen" in words
    assert "watches over us is Integritetsskyddsmyndigheten (IMY)" in words
    assert words.index("Sweden: ") < words.index("Norway: ")


def test_email_and_phone_are_links() -> None:
    first = texts.text(texts.versions(Audience.CUSTOMER)[-1], "en").sections[0].blocks[0]
    assert [words.address for words in first.paragraph if words.address] == [
        "mailto:personvern@sensornordic.example",
        "tel:+4773000000",
    ]


@pytest.mark.parametrize(("version", "locale"), NEWEST)
def test_rights_are_used_on_the_page_that_the_portal_calls_so(
    version: Version, locale: str
) -> None:
    with using(locale):
        page = _("Your data")
    assert re.search(rf"[“«”]{page}[”»]", said(texts.text(version, locale)))


@pytest.mark.parametrize(("version", "locale"), NEWEST)
def test_periods_are_those_that_the_portal_keeps(version: Version, locale: str) -> None:
    """Months and years stand in the tables, too, which are made from the data map."""
    days = {deletions.COOLING_OFF.days, certificate.LIFE.days}
    if version.audience is Audience.ALARM_CONTACT:
        days.add(bars.LENGTH.days)
    words = said(texts.text(version, locale))
    found = {int(number) for number in re.findall(rf"\b(\d+) {DAYS[locale]}", words)}
    assert days <= found <= days | {30}


@pytest.mark.parametrize(("version", "locale"), NEWEST)
def test_whoever_has_no_account_is_told_where_to_ask_in_their_language(
    version: Version, locale: str
) -> None:
    address = f"{get_settings().origin}/{locale}/privacy/request"
    links = [
        words
        for section in texts.text(version, locale).sections
        for block in section.blocks
        for words in block.paragraph
        if words.address.endswith("/privacy/request")
    ]
    assert links
    assert {(words.text, words.address) for words in links} == {(address, address)}


@pytest.mark.parametrize("audience", Audience)
def test_the_newest_tables_are_those_of_the_data_map(audience: Audience) -> None:
    """Published already? Then write a new version, and never change the tables of the old one."""
    newest = texts.versions(audience)[-1]
    kept = (newest.folder / tables.FILE).read_text(encoding="utf-8")
    assert kept == tables.of_today(audience), "run: python tools/register.py"


def test_what_was_published_never_changes() -> None:
    earlier = [each.folder for audience in Audience for each in texts.versions(audience)[:-1]]
    assert {f"{folder.parent.name}/{folder.name}": digest(folder) for folder in earlier} == (
        PUBLISHED
    ), "take the change back, and write a new version"


def digest(folder: Path) -> str:
    """Of the names and contents of all files of a version."""
    whole = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        whole.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return whole.hexdigest()


@pytest.mark.parametrize("country", AUTHORITIES)
@pytest.mark.parametrize("audience", Audience)
def test_tables_of_every_version_can_be_read_in_every_country(
    audience: Audience, country: str
) -> None:
    """A purpose, retention or kind of data that a notice once named keeps its words for ever."""
    files = [each.folder / tables.FILE for each in texts.versions(audience)]
    made = [file.read_text(encoding="utf-8") for file in files if file.exists()]
    assert made
    for file in made:
        for name in json.loads(file)[country]:
            assert tables.in_words(file, country, name)


@pytest.mark.parametrize("audience", Audience)
def test_every_personal_column_about_the_readers_is_in_the_tables(audience: Audience) -> None:
    own = Subject.CUSTOMER if audience is Audience.CUSTOMER else Subject.ALARM_CONTACT
    text = texts.text(texts.versions(audience)[-1], "en")
    told = {kind for _, block in every_table(text) for row in block.rows for kind in row.kinds}
    for row in register():
        if row.entry.subject is own:
            assert KINDS[kind_of(row.table, row.column)] in told


@pytest.mark.parametrize("locale", LOCALES)
def test_tables_hold_no_names_of_columns_or_tables(locale: str) -> None:
    for audience in Audience:
        words = said(texts.text(texts.versions(audience)[-1], locale))
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", words)


def test_alarm_contacts_are_told_nothing_about_customers_tables() -> None:
    words = said(texts.text(texts.versions(Audience.ALARM_CONTACT)[-1], "en"))
    for kind in ("identity", "invoice-email", "products", "team"):
        assert KINDS[kind] not in words


def every_table(text: Text) -> list[tuple[str, Block]]:
    return [
        (section.title, block)
        for section in text.sections
        for block in section.blocks
        if block.table
    ]


def test_each_table_of_the_newest_text_is_there_once() -> None:
    for audience in Audience:
        found = [block.table for _, block in every_table(newest(audience))]
        assert found == ["purposes", "retention", "recipients"]


def newest(audience: Audience) -> Text:
    return texts.text(texts.versions(audience)[-1], "en")
