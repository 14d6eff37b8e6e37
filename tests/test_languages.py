"""Every text exists in five languages, and no page or mail speaks two of them."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from portal.customers.company_fields import CONTRACT_FIELDS, EDITABLE
from portal.languages import DEFAULT_LOCALE, LOCALES, _, ngettext, using
from portal.mail.letters import kinds, write
from portal.web.build_output import static_folder, templates_folder
from portal.web.names import field_name
from portal.web.site_map import DOCUMENTS, PAGES
from tests.mail.conftest import values_of
from tools import catalogues
from tools.catalogues import PLACEHOLDER

TRANSLATED = [locale for locale in LOCALES if locale != DEFAULT_LOCALE]
ENOUGH = 16  # letters that make a text characteristic: shorter ones stand inside other words
GALLERY = "dev/components"  # for developers: what stands in its examples is English
SHOWN = [each.path for each in (*PAGES, *DOCUMENTS) if each.path != GALLERY]


def test_the_catalogues_are_complete_and_in_step_with_the_code() -> None:
    template = catalogues.texts()
    found = [
        problem
        for locale in TRANSLATED
        for problem in catalogues.problems(locale, catalogues.updated(locale, template))
    ]
    assert found == []


@pytest.mark.parametrize("locale", TRANSLATED)
def test_texts_are_calm_and_end_as_the_english_ones_do(locale: str) -> None:
    """A label has no full stop, a sentence has one, and nobody is shouted at."""
    for english, translation in _pairs(locale):
        assert "!" not in translation, translation
        assert translation == translation.strip()
        if english[-1] in ".?:":
            assert translation[-1] == english[-1], f"{english!r} became {translation!r}"
        elif "%(" not in english:  # "ready: %(company)s" may end as it likes
            assert translation[-1] not in ".?:!", f"{english!r} became {translation!r}"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_number_has_its_form(locale: str) -> None:
    with using(locale):
        assert ngettext("one", "many", 1) == "one"
        assert ngettext("one", "many", 2) == "many"


@pytest.mark.parametrize("locale", TRANSLATED)
def test_mails_are_wholly_in_their_language(locale: str) -> None:
    foreign = _foreign(locale, _mail_texts())
    for kind in kinds():
        letter = write(kind, locale, values_of(kind))
        said = " ".join(f"{letter.subject} {letter.text}".split())
        assert not [text for text in foreign if text in said], kind


@pytest.mark.parametrize("locale", LOCALES)
def test_built_pages_speak_one_language_each(built_pages: None, locale: str) -> None:
    """What the build makes for one language holds no text of another, in HTML and in script."""
    page_texts = _page_texts()
    own, foreign = _own(locale, page_texts), _foreign(locale, page_texts)
    for place, said in _built(locale):
        assert any(text in said for text in own), f"{place} says nothing in {locale}"
        assert not [text for text in foreign if text in said], place


def test_every_language_has_its_own_files(built_pages: None) -> None:
    for locale in LOCALES:
        places = [place for place, _said in _built(locale)]
        assert len(places) == len(SHOWN) + len(PAGES), "a file for each, and a chunk for each page"


def _pairs(locale: str) -> Iterator[tuple[str, str]]:
    for message in catalogues.updated(locale, catalogues.texts()):
        if isinstance(message.id, str) and message.id:
            yield message.id, str(message.string)


def _page_texts() -> list[str]:
    return _texts("portal/web/")


def _mail_texts() -> list[str]:
    return _texts("portal/mail/")


def _texts(folder: str) -> list[str]:
    """The texts that only the files of this folder use."""
    return [
        str(message.id)
        for message in catalogues.texts()
        if isinstance(message.id, str)
        and message.id
        and all(name.startswith(folder) for name, _line in message.locations)
    ]


def _own(locale: str, texts: list[str]) -> set[str]:
    """What stands in these texts in this language, between their placeholders."""
    with using(locale):
        translated = [_(text) for text in texts]
    pieces = {piece.strip() for text in translated for piece in PLACEHOLDER.split(text)}
    return {piece for piece in pieces if len(piece) >= ENOUGH}


def _foreign(locale: str, texts: list[str]) -> set[str]:
    """What the other languages say, and this one nowhere."""
    everything = "\n".join(_own(locale, texts))
    others = set[str]().union(*(_own(other, texts) for other in LOCALES if other != locale))
    return {text for text in others if text not in everything}


def _built(locale: str) -> Iterator[tuple[str, str]]:
    """Each file that was built for this language, and what it says."""
    for page in PAGES:
        yield _read(static_folder() / locale / page.path / "index.html")
    for document in DOCUMENTS:
        if document.path in SHOWN:
            yield _read(templates_folder() / locale / f"{document.path}.html")
    for path in sorted((static_folder() / "assets").glob(f"_{locale}_*.js")):
        if GALLERY.replace("/", "_._") not in path.name:
            yield _read(path)


def _read(path: Path) -> tuple[str, str]:
    text = path.read_text(encoding="utf-8")
    # The bundler may write a letter as its code: `\xE5` or `\u00E5` for å.
    text = re.sub(r"\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})", _letter, text)
    return path.name, " ".join(unescape(text).split())


def _letter(code: re.Match[str]) -> str:
    return chr(int(code[1] or code[2], 16))


def test_every_field_of_the_history_has_a_name() -> None:
    of_sites = ("site", "site_name", "site_address", "moving_request", "move_confirmed")
    unnamed = {
        field for field in (*EDITABLE, *CONTRACT_FIELDS, *of_sites) if field_name(field) == field
    }
    assert unnamed == set()
