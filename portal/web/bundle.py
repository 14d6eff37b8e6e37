"""A smaller bundle that finds its own server: what Reflex generates, with parts of it replaced.

It rests on the exact text that Reflex 0.10 generates. Where a line that is looked for is missing,
the build fails and says which.
"""

import re
from pathlib import Path
from typing import Any

from reflex.plugins import Plugin

MODULES = Path(__file__).with_name("bundle_modules")
# Emotion styles elements by their `css` property, universal-cookie keeps `rx.Cookie`, mergician
# merges the style of Radix slots: the portal has no use for them, and they weigh 10 kB.
REPLACED = {
    "@emotion/react": "elements.js",
    "mergician": "merge.js",
    "universal-cookie": "no_cookies.js",
}
_BEGIN, _END = "/* portal: begin */", "/* portal: end */"
_INSERTED = re.compile(rf"{re.escape(_BEGIN)}.*?{re.escape(_END)}\n", re.DOTALL)

_SAME_ORIGIN = """\
  if (typeof window !== "undefined") return new URL(endpoint.pathname, window.location.origin);
"""
# One file for all libraries: smaller than many, and unchanged when only the portal changes.
_LIBRARIES = '            { test: /node_modules/, name: "libraries" },\n'
_GLOBALS = (r"import \* as .*\n", r"window\.__reflex = \{.*?\};\n")


class GeneratedCodeChangedError(Exception):
    """Reflex generates something else than this module knows."""


class Bundle(Plugin):
    """Makes the pages load less, and connect to wherever they came from.

    Without the last, the built pages would hold the address and port they were built for.
    """

    def pre_compile(self, **context: Any) -> None:
        for name in REPLACED.values():
            context["add_save_task"](_module, name)
        context["add_modify_task"]("vite.config.js", _configure_bundler)
        context["add_modify_task"]("utils/state.js", _connect_to_same_origin)
        context["add_modify_task"]("app/root.jsx", _publish_no_globals)

    def post_build(self, **context: Any) -> None:
        """Refuse a component whose style would be lost with Emotion."""
        web = Path(context["static_dir"]).parents[1]
        for folder in ("app", "app_components", "utils/components"):
            for path in (web / folder).rglob("*.jsx"):
                if re.search(r"\bcss\s*:\s*\(", path.read_text(encoding="utf-8")):
                    raise GeneratedCodeChangedError(
                        f"{path} styles an element by `css`: give it a class name instead"
                    )


def _module(name: str) -> tuple[str, str]:
    return f"portal/{name}", (MODULES / name).read_text(encoding="utf-8")


def _configure_bundler(text: str) -> str:
    aliases = "".join(
        f"      {{ find: {name!r}, replacement: "
        f"fileURLToPath(new URL('./portal/{file}', import.meta.url)) }},\n"
        for name, file in REPLACED.items()
    )
    text = _INSERTED.sub("", text)
    text = _insert(text, after="    alias: [\n", block=aliases)
    return _insert(text, after="          groups: [\n", block=_LIBRARIES)


def _connect_to_same_origin(text: str) -> str:
    text = _INSERTED.sub("", text)
    return _insert(text, after="  const endpoint = new URL(url_str);\n", block=_SAME_ORIGIN)


def _publish_no_globals(text: str) -> str:
    """Leave out `window.__reflex`, which serves components that the server sends as code."""
    for pattern in _GLOBALS:
        text, count = re.subn(pattern, "", text, flags=re.DOTALL if "?" in pattern else 0)
        if not count:
            raise GeneratedCodeChangedError(f"nothing in app/root.jsx is like {pattern}")
    return text


def _insert(text: str, *, after: str, block: str) -> str:
    if text.count(after) != 1:
        raise GeneratedCodeChangedError(f"expected once: {after.strip()}")
    return text.replace(after, f"{after}{_BEGIN}\n{block}{_END}\n")
