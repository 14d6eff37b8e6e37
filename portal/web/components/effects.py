"""Small things that an element does by itself in the browser when a Var changes."""

import re
from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportDict
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.el.elements.other import Dialog
from reflex_components_core.el.elements.typography import Ol


def _effect(body: str, *sources: rx.Var[Any]) -> rx.Var[Any]:
    """A React effect that runs `body` when one of the sources changes."""
    watched = ", ".join(f"{source}" for source in sources)
    return rx.Var(f"useEffect(() => {{ {body} }}, [{watched}])")


def _element(id: object) -> str:
    """The expression that finds the element of that id, which may be a Var."""
    return f"document.getElementById({rx.Var.create(id)!s})"


class TakesFocus(BaseHTML):
    """A `div` that takes the focus whenever `news` becomes another number, unless it is empty.

    It finds itself by `data-news` and not by its id: Reflex puts an effect outside of the loop in
    which the element may stand, where no id made of the loop's item is known.
    """

    tag = "div"
    news: rx.Var[int]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> BaseHTML:
        mark = re.sub(r"\W+", "-", str(props["news"]))
        attributes = {**props.pop("custom_attrs", {}), "data-news": mark}
        return super().create(*children, custom_attrs=attributes, **props)

    def add_imports(self) -> ImportDict:
        return {"react": "useEffect"}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        mark = self.custom_attrs["data-news"]
        selector = f"[data-news='{mark}']:not(:empty)"
        return [
            _effect(f'if ({self.news!s}) document.querySelector("{selector}")?.focus()', self.news)
        ]

    def _exclude_props(self) -> list[str]:
        return ["news"]


class ModalDialog(Dialog):
    """A `dialog` that is shown as modal while `shown` is true."""

    shown: rx.Var[bool]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]

    def add_imports(self) -> ImportDict:
        return {"react": "useEffect"}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        return [
            _effect(
                f"const it = {_element(self.id)}; if (!it) return;"
                f" if ({self.shown!s}) {{ if (!it.open) it.showModal() }}"
                " else if (it.open) it.close()",
                self.shown,
            )
        ]

    def _exclude_props(self) -> list[str]:
        return ["shown"]


# Dragging by the number: pointer events serve mouse, pen and finger alike. The list itself is
# never touched; the page shows the new order when the server has it.
_DRAG = """
let list = null;
let held = null;
const knots = () => [...list.querySelectorAll(":scope > [data-entry]")];
const drop = (event) => {
  if (!held) return;
  held.removeAttribute("data-held");
  const target = knots().find((it) => it.hasAttribute("data-target"));
  target?.removeAttribute("data-target");
  if (event.type === "pointerup" && target && target !== held) {
    const form = list.nextElementSibling;
    form.elements.entry.value = held.dataset.entry;
    form.elements.to.value = String(knots().indexOf(target) + 1);
    form.requestSubmit();
  }
  held = null;
};
const take = (event) => {
  const mark = event.target.closest(".knot__mark");
  list = event.button === 0 && mark ? mark.closest(".thread--sortable") : null;
  held = list && mark.closest("[data-entry]");
  if (!held) return;
  event.preventDefault();
  list.setPointerCapture(event.pointerId);
  held.setAttribute("data-held", "");
};
const over = (event) => {
  if (!held) return;
  for (const it of knots()) {
    const box = it.getBoundingClientRect();
    const inside = event.clientY >= box.top && event.clientY < box.bottom && it !== held;
    it.toggleAttribute("data-target", inside);
  }
};
const ways = {pointerdown: take, pointermove: over, pointerup: drop, pointercancel: drop};
for (const [name, way] of Object.entries(ways)) document.addEventListener(name, way);
return () => {
  for (const [name, way] of Object.entries(ways)) document.removeEventListener(name, way);
};
"""


class Sortable(Ol):
    """An `ol` whose items with `data-entry` can be dragged; the form after it says where to."""

    def add_imports(self) -> ImportDict:
        return {"react": "useEffect"}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        return [rx.Var(f"useEffect(() => {{ {_DRAG} }}, [])")]
