"""What a mail says, and that nobody can make it say something else."""

import re
from gettext import NullTranslations

import jinja2
import pytest
from bs4 import BeautifulSoup

from portal import languages
from portal.languages import LOCALES
from portal.mail.inert import Prose
from portal.mail.letters import Letter, is_marketing, kinds, wrapped, write
from portal.settings import get_settings
from tests.mail.conftest import LINK, VALUES, values_of

PROSE = [name for name, value in VALUES.items() if isinstance(value, Prose)]
EVIL = [
    "</a> https://evil.example <script>alert(1)</script>",
    "{{7*7}} {% raw %} %(name)s %s",
    "Kari\r\nBcc: everybody@evil.example\r\n\r\n<b>",
    "www.evil.example mailto:x@evil.example tel:+4773000000 evil。example",
    "\u202egro.live//:sptth \u200b\x00\x1b[31m",
    "http://10.0.0.1/x http:\\\\evil.example",
]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", kinds())
def test_every_kind_can_be_written_in_every_language(kind: str, locale: str) -> None:
    letter = write(kind, locale, values_of(kind))
    assert letter.subject
    assert f'<html lang="{locale}">' in letter.html
    for line in letter.text.splitlines():
        assert len(line) <= 78 or line.startswith("http"), line
    assert "\n\n\n" not in letter.text.replace("-- \n", "")
    assert get_settings().company_address in letter.text


@pytest.mark.parametrize("kind", kinds())
def test_text_and_html_say_the_same_and_lead_to_the_same_place(kind: str) -> None:
    letter = write(kind, "en", values_of(kind))
    page = BeautifulSoup(letter.html, "html.parser")
    links = [str(link["href"]) for link in page.find_all("a")]
    assert len(page.select(".press a")) <= 1, "one message, at most one button"
    assert len(page.select("a.more")) <= 1, "and at most one place to read more"
    assert len(page.select("a.stop")) == is_marketing(kind), "marketing has a way out"
    assert len(links) == len(page.select(".press a, a.more, a.stop"))
    assert re.findall(r"^http\S+$", letter.text, re.MULTILINE) == links
    said = " ".join(letter.text.split())
    for paragraph in page.select(".letter p"):
        assert " ".join(paragraph.get_text().split()) in said


@pytest.mark.parametrize("kind", kinds())
def test_html_mail_fetches_nothing_and_links_only_to_the_portal(kind: str) -> None:
    html = write(kind, "en", values_of(kind)).html
    assert not re.search(r"(?i)<(img|link|script|iframe|object|form)\b|url\(|@import|@font", html)
    assert all(link.startswith(get_settings().origin) for link in re.findall(r'http[^"\s<]+', html))


@pytest.mark.parametrize("missing", ["name", "link", "minutes"])
def test_a_missing_value_is_an_error_and_no_gap_in_the_mail(missing: str) -> None:
    values = {name: value for name, value in VALUES.items() if name != missing}
    with pytest.raises(jinja2.UndefinedError):
        write("reset-password", "en", values)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        write("no-such-kind", "en", VALUES)


@pytest.mark.parametrize("link", ["https://evil.example/", f"{LINK} x", "//evil.example", "/x"])
def test_a_mail_links_nowhere_but_to_the_portal(link: str) -> None:
    with pytest.raises(ValueError, match="only link to the portal"):
        write("reset-password", "en", VALUES | {"link": link})


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("kind", kinds())
def test_what_people_type_stays_text(kind: str, evil: str) -> None:
    typed = {name: evil for name, value in VALUES.items() if isinstance(value, str)}
    line = " ".join(evil.split())
    typed |= {name: Prose(f"{line}\n\n{line}") for name in PROSE}
    letter = write(kind, "en", values_of(kind) | typed | {"customers": [evil, evil], "link": LINK})
    clean = write(kind, "en", values_of(kind))
    tags = [[tag.name for tag in _parsed(one.html).find_all()] for one in (letter, clean)]
    assert tags[0] == tags[1], "no element more, none less"
    assert "\n" not in letter.subject
    for text in (letter.subject, letter.text, _parsed(letter.html).get_text(" ")):
        assert "49" not in text
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u200b\u202a-\u202e\u2066-\u2069]", text)
        assert _addresses(text) <= _addresses(clean.text)


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("Kari Nordli", "Åse-Marie O'Brien", "A/S Øst & Vest", "Nils Chr. Holm, jr."):
        text = write("password-changed", "en", VALUES | {"name": name}).text
        assert text.startswith(f"Hello {name},")


def test_somebody_without_a_name_is_greeted_too() -> None:
    letter = write("reset-password", "en", VALUES | {"name": ""})
    assert letter.text.startswith("Hello,\n")


def test_a_very_long_value_is_cut() -> None:
    assert len(write("password-changed", "en", VALUES | {"name": "x" * 9000}).text) < 1500


def test_lines_are_broken_between_words_only() -> None:
    assert wrapped(f"a {'b' * 100} c") == f"a\n{'b' * 100}\nc"


def test_a_sealed_letter_can_be_opened_again_and_not_read() -> None:
    letter = write("activation", "en", VALUES)
    assert Letter.opened(letter.sealed()) == letter
    assert "Kari" not in letter.sealed()


@pytest.fixture
def marked_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which every translated text bears a mark."""

    class Marked(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"¤{message}"

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return f"¤{msgid1 if n == 1 else msgid2}"

    monkeypatch.setattr(languages, "_catalogue", lambda _locale: Marked())


@pytest.mark.usefixtures("marked_texts")
@pytest.mark.parametrize("kind", kinds())
def test_no_text_of_a_mail_escapes_translation(kind: str) -> None:
    letter = write(kind, "en", values_of(kind))
    assert letter.subject.startswith("¤")
    settings = get_settings()
    own = {settings.company_name, f"{settings.company_name}, {settings.company_address}"}
    own |= {line for name in PROSE for line in VALUES[name].splitlines()}  # by our own people
    own |= set(VALUES["changes"])  # the notice's own words, in the reader's language
    page = _parsed(letter.html)
    for element in page(["style", "title"]):
        element.decompose()
    texts = {" ".join(text.split()) for text in page.get_text("\n").splitlines()} - {""} - own
    assert all(text.startswith("¤") for text in texts), texts


def _parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def _addresses(text: str) -> set[str]:
    """What a mail program would make a link of: generous, as the most eager of them."""
    found = re.findall(r"(?i)\b[a-z]+:\S+|\bwww\.\S+|[^\s.。．｡]+[.。．｡][^\W\d_]\S*", text)
    found += re.findall(r"\b\d+\.\d+\.\d+\.\d+\S*", text)
    return set(found)
