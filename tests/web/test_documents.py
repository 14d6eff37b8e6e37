"""Public documents: no script, no marker left behind, and nothing typed that comes alive."""

import re
from html.parser import HTMLParser

import pytest

from portal.languages import LOCALES
from portal.web.documents import document
from portal.web.site_map import DOCUMENTS
from portal.web.slots import CLOSE, OPEN
from tests.people import KARI, OLA
from tests.visitors import Browsers, value_of

HOSTILE = (
    '"><script>alert(1)</script>',
    "</a> https://evil.example <b>",
    "{{7*7}}",
    "{% raw %}{{ config }}{% endraw %}",
    "{#x#}${7*7}",
    f"{OPEN}email{CLOSE}",
    "' onfocus=alert(1) autofocus '",
    "\x00\u202e\ufeff",
)
EVERY_DOCUMENT = [(locale, each.path) for locale in LOCALES for each in DOCUMENTS]


class Parts(HTMLParser):
    """Tags and attributes as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize(("locale", "path"), EVERY_DOCUMENT)
def test_a_document_holds_no_script_and_no_marker(
    built_pages: None, locale: str, path: str
) -> None:
    html = bytes(document(path, locale).body).decode()
    parts = Parts(html)
    assert not {"script", "template", "noscript", "iframe", "base", "object"} & {
        tag for tag, _ in parts.tags
    }
    for tag, attributes in parts.tags:
        assert not [name for name in attributes if name.startswith(("on", "data-slot"))], tag
        assert "javascript:" not in str(attributes)
        assert "style" not in attributes, f"{tag} has a style that the policy would refuse"
    assert not re.search("[\ue000-\uf8ff]", html)
    assert "{{" not in html
    assert "{%" not in html
    assert "modulepreload" not in html
    assert html.startswith("<!DOCTYPE html>")
    assert f'<html lang="{locale}"' in html
    assert html.count("<h1") == 1
    assert html.count("<title>") == 1


@pytest.mark.parametrize(("locale", "path"), EVERY_DOCUMENT)
def test_forms_of_documents_are_posted_natively_in_their_language(
    built_pages: None, locale: str, path: str
) -> None:
    parts = Parts(bytes(document(path, locale).body).decode())
    forms = [attributes for tag, attributes in parts.tags if tag == "form"]
    locales = [
        attributes["value"]
        for tag, attributes in parts.tags
        if tag == "input" and attributes.get("name") == "locale"
    ]
    if path.startswith("dev/"):
        return
    assert locales == [locale] * len(forms)
    for form in forms:
        assert form["method"] == "post"
        assert (form["action"] or "").startswith("/auth/")


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_typed_comes_back_as_text(browsers: Browsers, inhabited: str, typed: str) -> None:
    visitor = browsers()
    answer = visitor.submit("/auth/sign-in", email=typed, password="x", next=typed, locale="en")
    assert answer.status_code == 422
    shown = value_of(answer, "email")
    # A browser's parser replaces NUL; all else returns letter for letter.
    assert shown.replace("\ufffd", "\x00") == typed
    assert "<script" not in answer.text
    assert "49" not in re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.DOTALL).replace("449", "")
    assert not [tag for tag, attributes in Parts(answer.text).tags if "onfocus" in attributes]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_an_address_says_comes_back_as_text(browsers: Browsers, typed: str) -> None:
    answer = browsers().get("/en/sign-in", params={"next": typed, "l": typed})
    assert answer.status_code == 200
    assert value_of(answer, "next").replace("\ufffd", "\x00") == typed
    assert len([1 for tag, _ in Parts(answer.text).tags if tag == "script"]) == 0


def test_a_hostile_name_is_text_in_documents(browsers: Browsers, inhabited: str) -> None:
    from tests import people

    with people.changing(OLA) as ola:
        ola.email = "{{7*7}}<b>@berg.example"
    visitor = browsers().sign_in_as("{{7*7}}<b>@berg.example")
    answer = visitor.get("/en/account/email")
    assert "{{7*7}}&lt;b&gt;@berg.example" in answer.text


def test_a_failed_form_answers_in_the_language_of_the_form(
    browsers: Browsers, inhabited: str
) -> None:
    for locale in LOCALES:
        answer = browsers().submit("/auth/sign-in", email=KARI, password="wrong", locale=locale)
        assert answer.status_code == 422
        assert f'<html lang="{locale}"' in answer.text
        assert value_of(answer, "email") == KARI
        assert value_of(answer, "password") == ""


def test_a_failed_form_says_beside_the_field_and_above_what_is_wrong(
    browsers: Browsers, inhabited: str
) -> None:
    answer = browsers().submit("/auth/sign-in", email=KARI, password="wrong", locale="en")
    tags = Parts(answer.text).tags
    summary = [attributes for _, attributes in tags if attributes.get("role") == "alert"]
    assert len(summary) == 1
    assert any(attributes.get("href") == "#email" for tag, attributes in tags if tag == "a")
    field = next(a for tag, a in tags if tag == "input" and a.get("name") == "email")
    assert field["aria-invalid"] == "true"
    described = str(field["aria-describedby"]).split()
    ids = [attributes.get("id") for _, attributes in tags]
    assert set(described) <= set(ids)


def test_passwords_never_travel_back(browsers: Browsers, inhabited: str) -> None:
    kari = browsers().sign_in_as(KARI)
    answer = kari.submit(
        "/auth/password", current_password="hemmelig-og-lang", new_password="hemmelig-to"
    )
    assert answer.status_code == 422
    assert "hemmelig" not in answer.text
