"""The last step of the build: what the bundler made becomes what the portal serves.

Portal pages keep their scripts; the hashes of those that stand inside the page are noted for the
content security policy. Public documents lose every script and become Jinja templates outside the
folder of static files. Runs before compression, or stale compressed copies would be served.
"""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Doctype, Tag
from reflex.plugins import Plugin

from portal.web.locale import LOCALES
from portal.web.slots import EACH, IF, IF_NOT, MARKER

_NO_PICTURE = '<meta content="" property="og:image"/>'  # Reflex writes it for pages without one
_RUNTIME_BLOCK = re.compile(r"^[SB]:\d+$")


class Prerender(Plugin):
    """Turns Reflex's output into the portal's pages and documents."""

    def post_build(self, **context: Any) -> None:
        # The pages read Reflex's configuration, which is being made while this module is read.
        from portal.web.site_map import DOCUMENTS, PAGES, SITE_FILE, TEMPLATES

        static = Path(context["static_dir"])
        templates = static.parent / TEMPLATES
        shutil.rmtree(templates, ignore_errors=True)
        hashes: dict[str, list[str]] = {}
        for locale in LOCALES:
            for page in PAGES:
                path = f"{locale}/{page.path}"
                hashes[path] = _finish_page(static / path / "index.html", locale)
            for document in DOCUMENTS:
                path = f"{locale}/{document.path}"
                source = static / path / "index.html"
                target = templates / f"{path}.html"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(
                    as_template(source.read_text(encoding="utf-8"), locale), encoding="utf-8"
                )
                _remove_script_of(static, path)
        _remove_other_html(static, keep={static / path / "index.html" for path in hashes})
        (static.parent / SITE_FILE).write_text(json.dumps(hashes, indent=1), encoding="utf-8")


def _remove_script_of(static: Path, path: str) -> None:
    """A document loads no script, so none of it is served."""
    parts = "_._".join(path.split("/"))
    found = list((static / "assets").glob(f"_{parts}_._index-*.js"))
    if not found:
        raise LookupError(f"the bundler made no script for {path}: it names them differently now")
    for script in found:
        script.unlink()


def _finish_page(path: Path, locale: str) -> list[str]:
    """Give the page its language; return the policy's hashes of its inline scripts."""
    html = path.read_text(encoding="utf-8")
    html = html.replace('<html lang="en"', f'<html lang="{locale}"', 1)
    html = html.replace(_NO_PICTURE, "")
    path.write_text(html, encoding="utf-8")
    # Hashes are of the exact text between the tags, which a parser might normalise.
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", html, re.DOTALL)
    return sorted({_source_hash(script) for script in scripts})


def _source_hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _remove_other_html(static: Path, keep: set[Path]) -> None:
    for path in static.rglob("*.html"):
        if path not in keep:
            path.unlink()


def as_template(html: str, locale: str) -> str:
    """The prerendered document without any script, as a Jinja template.

    Text and attribute slots become escaped expressions, wrappers become conditions and loops,
    and literal braces are kept from meaning anything to Jinja.
    """
    soup = BeautifulSoup(html.replace(_NO_PICTURE, ""), "html.parser")
    root = soup.find("html")
    if not isinstance(root, Tag):
        raise TypeError("the prerendered document has no <html> element")
    root["lang"] = locale
    _remove_what_serves_scripts(soup)
    _move_styles_to_the_head(soup)
    for wrapper in soup.find_all(_is_wrapper):
        _replace_wrapper(wrapper)
    text = soup.decode(formatter="minimal")
    return _fill_markers(_escape_braces(text))


def _remove_what_serves_scripts(soup: BeautifulSoup) -> None:
    for element in soup.find_all(["script", "template", "noscript"]):
        element.decompose()
    for element in soup.find_all("link"):
        if "modulepreload" in (element.get("rel") or []) or element.get("as") == "style":
            element.decompose()
    for element in soup.find_all(id=_RUNTIME_BLOCK):
        element.decompose()
    for comment in soup.find_all(string=lambda text: type(text).__name__ == "Comment"):
        comment.extract()
    for item in soup.contents:
        if isinstance(item, Doctype):
            return
    soup.insert(0, Doctype("html"))


def _move_styles_to_the_head(soup: BeautifulSoup) -> None:
    head = soup.head
    if head is None:
        return
    for style in soup.find_all("style"):
        if style.parent is not head:
            head.append(style.extract())


_BEGIN, _END = "\ue002", "\ue003"  # stand for Jinja's statement marks until braces are escaped


def _is_wrapper(tag: Tag) -> bool:
    return any(name in tag.attrs for name in (IF, IF_NOT, EACH))


def _replace_wrapper(wrapper: Tag) -> None:
    if name := wrapper.get(IF):
        begin, end = f"if {name}", "endif"
    elif name := wrapper.get(IF_NOT):
        begin, end = f"if not {name}", "endif"
    else:
        begin, end = f"for {wrapper[EACH]}", "endfor"
    wrapper.insert_before(f"{_BEGIN}{begin}{_END}")
    wrapper.insert_after(f"{_BEGIN}{end}{_END}")
    wrapper.unwrap()


def _escape_braces(text: str) -> str:
    return text.replace("{", "{{ '{' }}") if "{" in text else text


def _fill_markers(text: str) -> str:
    text = MARKER.sub(r"{{ \1 }}", text)
    return text.replace(_BEGIN, "{% ").replace(_END, " %}")
