"""Keeps the catalogues of translations in step with the texts in the code.

Without arguments: collects the texts and writes them into each language's catalogue, where a
translator adds what is empty. With `--check`: changes nothing, and says what is missing, doubtful
(fuzzy), no longer used, or has lost a placeholder.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portal.languages import CATALOGUES, DEFAULT_LOCALE, LANGUAGE_NAMES, LOCALES

METHODS = [
    ("portal/**.py", "python"),
    ("portal/**.html", "jinja2"),
    ("portal/**.txt", "jinja2"),
    ("portal/**.jinja", "jinja2"),
]
# Jinja's `{% trans %}` calls these two whatever the code calls them.
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)s")
# Babel's own header holds dates and versions, which change when no text has changed.
HEADER = """\
# The portal's texts in {name}.
msgid ""
msgstr ""
"Language: {locale}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def texts() -> Catalog:
    """All texts that are marked for translation, with the files they stand in."""
    found = Catalog()
    for name, _line, message, comments, context in extract_from_dir(
        ".", METHODS, {"**.jinja": {"trimmed": "true"}}, KEYWORDS, ["Translators:"]
    ):
        found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def catalogue_path(locale: str) -> Path:
    return CATALOGUES / locale / "LC_MESSAGES" / "portal.po"


def updated(locale: str, template: Catalog) -> Catalog:
    path = catalogue_path(locale)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale)
    else:
        catalogue = Catalog(locale=locale)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    return catalogue


def as_file(locale: str, catalogue: Catalog) -> bytes:
    header = HEADER.format(
        name=LANGUAGE_NAMES[locale], locale=locale, plurals=catalogue.plural_forms
    )
    file = io.BytesIO()
    write_po(file, catalogue, width=100, omit_header=True, sort_by_file=True, include_lineno=False)
    return header.encode() + file.getvalue()


def problems(locale: str, catalogue: Catalog) -> list[str]:
    path = catalogue_path(locale)
    if not path.exists():
        return [f"{path} is missing: run `make catalogues`"]
    found: list[str] = []
    if path.read_bytes() != as_file(locale, catalogue):
        found.append(f"{path} is not in step with the code: run `make catalogues`")
    for message in catalogue:
        if message.id:
            found += [f"{path}: {problem}: {message.id!r}" for problem in _faults(message)]
    return found


def _faults(message: Message) -> list[str]:
    sources, translations = _forms(message.id), _forms(message.string)
    if not translations or not all(translations):
        return ["not translated"]
    faults = ["doubtful (fuzzy)"] if message.fuzzy else []
    wanted = {mark for text in sources for mark in PLACEHOLDER.findall(text)}
    for text in translations:
        marks = set(PLACEHOLDER.findall(text))
        # "One contact" may leave out the number that "{count} contacts" has.
        if marks - wanted or (wanted - marks and not message.pluralizable):
            faults.append("its placeholders differ from the English")
    return faults


def _forms(text: object) -> list[str]:
    """A text's forms: one, or singular and plurals."""
    if isinstance(text, list | tuple):
        return [str(form or "") for form in text]
    return [str(text or "")]


def main(*, check: bool) -> int:
    template = texts()
    found: list[str] = []
    for locale in LOCALES:
        if locale == DEFAULT_LOCALE:
            continue
        catalogue = updated(locale, template)
        if check:
            found += problems(locale, catalogue)
            continue
        path = catalogue_path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_file(locale, catalogue))
        empty = sum(
            1 for message in catalogue if message.id and "not translated" in _faults(message)
        )
        print(f"{path}: {len(catalogue)} texts, {empty} to translate")
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
