"""What an agent says of a page, held against the page."""

from __future__ import annotations

from ragtime_assets.domain.reading.claims import copy_fault, date_fault, tongue_fault

PAGE = """Jazz Hour, episode 7. 12 March 2024.

The band talks about Paris, about the guitar, and about what was played there at night.

Ella Fitzgerald sings; nobody in the room says a word until the last chorus is over."""


def english(_text: str) -> tuple[str, float]:
    return "en", 0.95


def test_a_description_is_copied_and_may_join_paragraphs_and_change_marks() -> None:
    _, second, third = PAGE.split("\n\n")
    assert copy_fault("", PAGE) is None
    assert copy_fault(second, PAGE) is None
    assert copy_fault(f"{second.upper()} {third}", PAGE) is None


def test_a_description_in_other_words_or_with_a_sentence_of_its_own_is_refused() -> None:
    assert copy_fault("A band remembers nights of guitar music in Paris.", PAGE)
    assert copy_fault("The band talks about Paris. Buy the new record today with a discount.", PAGE)
    assert copy_fault("Paris guitar", PAGE)


def test_a_long_page_counts_to_its_end() -> None:
    assert copy_fault("nobody in the room says a word", f"{'Much before it. ' * 500}{PAGE}") is None


def test_a_date_must_be_one_and_stand_on_the_page() -> None:
    assert date_fault("", PAGE) is None
    assert date_fault("2024-03-12T18:00:00Z", PAGE) is None
    assert "no date" in (date_fault("yesterday", PAGE) or "")
    assert "stands in nothing" in (date_fault("2023-03-12", PAGE) or "")


def test_a_language_is_refused_only_where_the_text_surely_reads_as_another() -> None:
    assert tongue_fault("", PAGE, english) is None
    assert tongue_fault("en-GB", PAGE, english) is None
    assert "in 'en'" in (tongue_fault("fr", PAGE, english) or "")
    assert tongue_fault("fr", PAGE, lambda _text: ("en", 0.79)) is None
    assert tongue_fault("fr", PAGE, lambda _text: ("en", 0.8))
    assert tongue_fault("nb", PAGE, lambda _text: ("da", 0.99)) is None
    assert "no code" in (tongue_fault("English?", PAGE, english) or "")
