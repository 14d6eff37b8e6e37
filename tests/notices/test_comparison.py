"""Two versions beside each other: nothing is lost, and what stays the same is short."""

from itertools import pairwise

import pytest

from portal.languages import LOCALES
from portal.notices import texts
from portal.notices.comparison import Compared, Kind, Mark, Piece, compare
from portal.notices.models import Audience
from portal.notices.texts import Block, Section, Text, Words


def text(*sections: tuple[str, tuple[str, ...]]) -> Text:
    return Text("Notice", (), tuple(_section(*each) for each in sections), "")


def _section(title: str, paragraphs: tuple[str, ...]) -> Section:
    return Section("part", title, tuple(Block(paragraph=(Words(each),)) for each in paragraphs))


def as_marked(line: Compared) -> str:
    """`same [-removed-] {+added+}`."""
    if line.unchanged:
        return f"({line.unchanged})"
    forms = {Mark.SAME: "{}", Mark.REMOVED: "[-{}-]", Mark.ADDED: "{{+{}+}}"}
    return "".join(forms[piece.mark].format(piece.words) for piece in line.pieces)


def marked(earlier: Text, later: Text) -> list[str]:
    return [as_marked(line) for line in compare(earlier, later)]


def test_a_changed_sentence_is_shown_word_by_word_under_its_heading() -> None:
    before = text(("How long", ("We keep mail for two years.", "Calls are not recorded.")))
    after = text(("How long", ("We keep mail for three years.", "Calls are not recorded.")))
    assert marked(before, after) == [
        "How long",
        "We keep mail for [-two-] {+three+} years.",
        "(1)",
    ]


def test_what_stays_the_same_is_counted_but_for_the_heading_of_the_next_change() -> None:
    same = ("Who", ("We do.", "Here.", "Call us."))
    before = text(same, ("What", ("Names.",)))
    after = text(same, ("What", ("Names.", "Numbers.")))
    assert marked(before, after) == ["(4)", "What", "(1)", "{+Numbers.+}"]


def test_other_words_are_removed_and_added_whole() -> None:
    before = text(("What", ("Names and numbers of everybody.",)))
    after = text(("What", ("Nothing at all, for we have closed.",)))
    assert marked(before, after) == [
        "What",
        "[-Names and numbers of everybody.-]",
        "{+Nothing at all, for we have closed.+}",
    ]


def test_a_line_that_grew_is_the_same_line() -> None:
    before = text(("What", ("Your name.",)))
    after = text(("What", ("Your name. And where you live, and with whom, and since when.",)))
    assert marked(before, after)[1].startswith("Your name. {+And where")


def test_a_heading_and_a_paragraph_are_never_one_line() -> None:
    changed = compare(text(("Your rights", ())), text(("You", ("Your rights",))))
    assert {line.kind for line in changed} == {Kind.HEADING, Kind.PARAGRAPH}


def test_the_same_text_has_no_changes() -> None:
    same = text(("Who", ("We do.",)))
    assert {piece.mark for line in compare(same, same) for piece in line.pieces} <= {Mark.SAME}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("audience", Audience)
def test_the_comparison_of_our_own_versions_loses_no_word(audience: Audience, locale: str) -> None:
    ours = [texts.text(each, locale) for each in texts.versions(audience)]
    for first, second in pairwise(ours):
        pieces = [piece for line in compare(first, second) for piece in line.pieces]
        assert words_of(pieces, Mark.REMOVED) <= words_in(first)
        assert words_of(pieces, Mark.ADDED) <= words_in(second)
        new = words_in(second) - words_in(first)
        assert new <= words_of(pieces, Mark.ADDED)
        assert words_in(first) - words_in(second) <= words_of(pieces, Mark.REMOVED)


def words_of(pieces: list[Piece], mark: Mark) -> set[str]:
    return {word for piece in pieces if piece.mark is mark for word in piece.words.split()}


def words_in(text: Text) -> set[str]:
    """The words of the headings, paragraphs, points and tables as the comparison writes them."""
    found: set[str] = set()
    for line in compare(Text("", (), (), ""), text):
        found |= {word for piece in line.pieces for word in piece.words.split()}
    return found
