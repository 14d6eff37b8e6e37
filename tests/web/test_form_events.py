"""Forms as pages send them over the socket, and what looks like one."""

import pytest
from reflex.event import Event
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

import portal.portal  # noqa: F401 - registers every page's state, as the server does
from portal.web.guard import has_the_handlers_arguments
from portal.web.pages.company import CompanyState

SAVE = f"{CompanyState.get_full_name()}.save"


def test_form_as_a_page_sends_it_reaches_its_handler_as_fields() -> None:
    entries = [["group", "reach"], ["phone", "73 00 01 01"]]
    event = Event(name=SAVE, payload={"fields": {FORM_DATA_ENTRIES_KEY: entries}})
    assert has_the_handlers_arguments(event)
    assert event.payload == {"fields": {"group": "reach", "phone": "73 00 01 01"}}


@pytest.mark.parametrize(
    "entries", [None, 1, "text", [1], [["phone"]], [["phone", 1]], [["phone", ["a"]]], [[[], "a"]]]
)
def test_what_only_looks_like_a_form_is_refused(entries: object) -> None:
    event = Event(name=SAVE, payload={"fields": {FORM_DATA_ENTRIES_KEY: entries}})
    assert not has_the_handlers_arguments(event)
