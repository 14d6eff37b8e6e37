"""What a mail says: rendered from one template per kind, as plain text and as HTML.

A kind's template speaks once; `layouts/letter.txt` and `layouts/letter.html` give it its two
forms, so that neither can fall behind the other. Texts are in the language that `languages.using`
has set, which is why the compiled templates serve all five.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from portal.encryption import decrypt_bytes, encrypt_bytes
from portal.languages import _, current_locale, format_day, format_time, ngettext, using
from portal.mail.inert import inert_values
from portal.settings import get_settings

TEMPLATES = Path(__file__).with_name("templates")
MARKETING = "marketing/"  # the folder of what may be refused; everything else is service
UNSUBSCRIBE = "unsubscribe_link"
LINE = 72  # leaves room for the `> ` of a few answers within 78
_PURPOSE = "outbox"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its envelope. `unsubscribe` is the address that stops such mail, if any."""

    subject: str
    text: str
    html: str
    unsubscribe: str = ""

    def sealed(self) -> str:
        """Packed and encrypted, for the outbox."""
        return encrypt_bytes(_PURPOSE, zlib.compress(json.dumps(asdict(self)).encode(), 1))

    @classmethod
    def opened(cls, sealed: str) -> "Letter":
        """The letter that was sealed.

        Raises:
            UndecipherableError: no key of today opens it.
        """
        return cls(**json.loads(zlib.decompress(decrypt_bytes(_PURPOSE, sealed))))


def kinds() -> list[str]:
    """Every kind of mail there is."""
    found = (path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.jinja"))
    return sorted(path.with_suffix("").as_posix() for path in found)


def is_marketing(kind: str) -> bool:
    """Whether readers may refuse mail of this kind. Its template's folder alone decides."""
    return kind.startswith(MARKETING)


def write(kind: str, locale: str, values: Mapping[str, Any]) -> Letter:
    """The letter of this kind in this language.

    Raises:
        jinja2.TemplateNotFound: there is no such kind.
        jinja2.UndefinedError: a value that the kind needs is missing.
        ValueError: a link in `values` leads elsewhere than to the portal; or marketing has no
            way out, or a service message has one.
    """
    if is_marketing(kind) != (UNSUBSCRIBE in values):
        raise ValueError("marketing needs a way out, and a service message can have none")
    plain, rich = _template("txt", kind), _template("html", kind)
    given = inert_values(values) | {"settings": get_settings()}
    with using(locale):
        subject = " ".join(_block(plain, "subject", given).split())
        text = plain.render(given).strip() + "\n"
        return Letter(subject, text, rich.render(given), str(given.get(UNSUBSCRIBE, "")))


def _template(form: str, kind: str) -> Template:
    return _environment(form).get_template(f"{kind}.jinja")


def _block(template: Template, name: str, values: Mapping[str, Any]) -> str:
    context = template.new_context(dict(values))
    return "".join(template.blocks[name](context))


@lru_cache
def _environment(form: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=form == "html",  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # pyright: ignore[reportAttributeAccessIssue]
        _, ngettext, newstyle=True
    )
    own_filters = {"paragraphs": paragraphs, "when": _when, "wrapped": wrapped}
    cast("dict[str, Any]", environment.filters).update(own_filters)
    own_globals = {"layout": f"layouts/letter.{form}", "locale": current_locale, "page": _page}
    cast("dict[str, Any]", environment.globals).update(own_globals)
    return environment


def paragraphs(block: str) -> list[str]:
    """The parts of a block that empty lines stand between, each on one line."""
    parts = [" ".join(part.split()) for part in block.split("\n\n")]
    markup = type(block)  # escaped text stays marked as such
    return [markup(part) for part in parts if part]


def wrapped(paragraph: str) -> str:
    """The paragraph in lines that every mail program shows whole; addresses are never broken."""
    lines = [""]
    for word in paragraph.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n".join(lines)


def _when(moment: date) -> str:
    return format_time(moment) if isinstance(moment, datetime) else format_day(moment)


def _page(name: str) -> str:
    """The address of one of the portal's pages in the mail's language."""
    return f"{get_settings().origin}/{current_locale()}/{name}"
