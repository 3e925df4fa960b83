"""How well an indexed episode fits the wanted one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.matching import FLOOR, SURE, WEIGHTS, match
from ragtime_assets.domain.text.titles import looks_like_host
from ragtime_assets_tests.fakes import details_of

TITLE, SHOW = "Kind of Blue at sixty", "The Jazz Hour"
NOON = datetime(2024, 5, 17, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2024, 5, 17, tzinfo=UTC)
GUID = "5d2b2f0e-6f0f-4e4c-9a87-1d8a7c1f0a11"
MADE_BY_HAND = {"url": "https://show.example/blue", "title": TITLE, "show": SHOW}


def wanted(**changes: object) -> EpisodeDetails:
    """Title and show, with `changes`."""
    return details_of(**{**MADE_BY_HAND, **changes})


def found(**changes: object) -> IndexedEpisode:
    """The same title and show in an index, with `changes`."""
    return IndexedEpisode.model_validate({"index": "fake", "title": TITLE, "show": SHOW, **changes})


def test_equal_title_and_show_are_sure() -> None:
    fit = match(wanted(), found())
    assert (fit.score, fit.sure, fit.reasons) == (SURE, True, ("title equal", "show equal"))


def test_everything_equal_is_one() -> None:
    fit = match(wanted(published=NOON, duration=3600), found(published=NOON, duration=3600))
    assert (fit.score, fit.sure) == (1.0, True)
    assert fit.reasons == ("title equal", "show equal", "published 0.0 days apart", "duration 0.0 % off")


def test_case_and_punctuation_do_not_count() -> None:
    assert match(wanted(), found(title="KIND OF BLUE, at sixty!")).reasons[0] == "title equal"


@pytest.mark.parametrize(
    "numbered",
    [
        f"#12 – {TITLE}",
        f"#12 {TITLE}",
        f"Folge 12: {TITLE}",
        f"Folge 12 {TITLE}",
        f"Episode #12 - {TITLE}",
        f"Ep. 12 | {TITLE}",
        f"E12: {TITLE}",
        f"S01E12 · {TITLE}",
        f"(S1 E12) {TITLE}",
        f"12. {TITLE}",
        f"012 - {TITLE}",
        f"[12] {TITLE}",
        f"第12回 {TITLE}",
        f"Avsnitt 12: {TITLE}",
        f"Épisode 12 : {TITLE}",
    ],
)
def test_a_number_before_the_title_does_not_count(numbered: str) -> None:
    for fit in (match(wanted(), found(title=numbered)), match(wanted(title=numbered), found())):
        assert fit.reasons[0] == "title equal but for its number"
        assert fit.sure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("#12 – Mailbag", "#13 – Mailbag"),
        ("The life of Miles Davis, part 1", "The life of Miles Davis, part 2"),
        ("Best of 2022 and more", "Best of 2023 and more"),
    ],
)
def test_titles_with_other_numbers_are_other_titles(one: str, other: str) -> None:
    assert match(wanted(title=one), found(title=other)).score < FLOOR


@pytest.mark.parametrize("title", ["12 Years a Slave", "7 ways", "Luke 5: the call", "2001: A Space Odyssey"])
def test_a_number_that_belongs_to_the_title_keeps_it_apart_from_others(title: str) -> None:
    assert match(wanted(title=title), found(title="Something else altogether")).score < FLOOR
    assert match(wanted(title=title), found(title=title)).reasons[0] == "title equal"


def test_a_title_that_is_but_a_number_needs_more_than_a_day() -> None:
    here = wanted(title="Folge 12", show=None, published=NOON)
    assert not match(here, found(title="Folge 12", show="Another", published=NOON)).sure
    assert match(wanted(title="Folge 12", published=NOON), found(title="Folge 12", published=NOON)).sure


def test_a_contained_title_needs_one_more_sign() -> None:
    longer = f"{TITLE} – with Ann Lee"
    assert not match(wanted(), found(title=longer)).sure
    assert match(wanted(published=NOON), found(title=longer, published=NOON)).sure
    assert match(wanted(duration=3600), found(title=longer, duration=3500)).sure


def test_a_word_of_a_title_is_not_the_title() -> None:
    assert match(wanted(title="Blue"), found()).score < FLOOR
    assert (
        match(wanted(title="of blue"), found(title="A long evening of blue notes in Paris with many friends")).score
        < FLOOR
    )


def test_a_misspelt_title_needs_day_and_duration_too() -> None:
    here = wanted(published=NOON, duration=3600)
    near = found(title="Kind of Bleu at sixty", published=NOON, duration=3600)
    assert match(here, near).sure
    assert "% alike" in match(here, near).reasons[0]
    assert not match(here, near.model_copy(update={"published": None})).sure
    assert not match(here, near.model_copy(update={"duration": None})).sure


def test_another_show_is_never_sure_and_seldom_offered() -> None:
    here = wanted(published=NOON, duration=3600)
    fit = match(here, found(show="Cooking with Gas", published=NOON, duration=3600))
    assert not fit.sure
    assert "show differs: Cooking with Gas" in fit.reasons
    assert match(wanted(), found(show="Cooking with Gas")).score < FLOOR


@pytest.mark.parametrize("other", ["The Jazz Hour Podcast", "NPR: The Jazz Hour", "The Jazz-Hour", "The Jaz Hour"])
def test_a_show_may_be_written_a_little_differently(other: str) -> None:
    assert match(wanted(), found(show=other)).sure


def test_a_single_word_of_a_show_says_nothing_either_way() -> None:
    fit = match(wanted(show="Radiolab"), found(show="Radiolab from WNYC"))
    assert fit.reasons == ("title equal",)


@pytest.mark.parametrize(
    "show", [None, "www.jazzhour.example", "jazzhour.example", "https://jazzhour.example/a", "10.0.0.1"]
)
def test_the_day_stands_in_for_a_show_that_is_missing_or_a_host(show: str | None) -> None:
    assert match(wanted(show=show, published=NOON), found(published=NOON)).sure
    assert not match(wanted(show=show), found()).sure
    assert match(wanted(show=show, published=NOON), found(show="Cooking with Gas", published=NOON)).score >= SURE


def test_the_day_stands_in_for_a_show_that_the_index_does_not_name() -> None:
    assert match(wanted(published=NOON), found(show=None, published=NOON)).sure


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (NOON, NOON + timedelta(hours=24), True),
        (NOON, NOON + timedelta(hours=25), False),
        (MIDNIGHT, NOON + timedelta(hours=24), True),
        (MIDNIGHT, NOON - timedelta(hours=24), True),
        (MIDNIGHT, NOON + timedelta(hours=48), False),
        (NOON, NOON.astimezone(timezone(timedelta(hours=9))), True),
        (NOON, NOON.replace(tzinfo=None), True),
        (NOON, datetime(1, 1, 1, tzinfo=UTC), False),
    ],
)
def test_a_day_is_a_day_of_hours_or_the_next_date_where_only_dates_are_known(
    one: datetime, other: datetime, same: bool
) -> None:
    assert match(wanted(show=None, published=one), found(published=other)).sure is same


def test_a_short_title_on_the_day_of_a_show_that_is_not_known_needs_the_length_too() -> None:
    """A short title may be that of two shows on one day; "Election night" is."""
    here = wanted(title="Election night", show=None, published=NOON, duration=3600)
    assert match(here, found(title="Election night", published=NOON, duration=3600)).sure
    assert not match(here, found(title="Election night", published=NOON)).sure


def test_the_next_morning_of_a_daily_is_another_episode_and_the_clock_of_another_country_is_not() -> None:
    here = wanted(title="Morning news", published=NOON)
    assert not match(here, found(title="Morning news", published=NOON + timedelta(hours=24))).sure
    assert match(here, found(title="Morning news", published=NOON + timedelta(hours=9))).sure
    by_date = wanted(title="Morning news", published=MIDNIGHT)
    assert not match(by_date, found(title="Morning news", published=MIDNIGHT + timedelta(days=1))).sure
    assert match(by_date, found(title="Morning news", published=MIDNIGHT - timedelta(hours=2))).sure


def test_another_guid_of_the_same_feed_is_not_sure() -> None:
    here = wanted(guid=GUID, feed_url="https://show.example/feed")
    assert not match(here, found(guid="morning-2", feed_url="https://show.example/feed")).sure
    assert match(here, found(guid="morning-2", feed_url="https://elsewhere.example/feed")).sure


@pytest.mark.parametrize("other", ["The Jazz Hour Kids", "The Jazz Hour Plus", "The Jazz Hour en español"])
def test_the_edition_of_a_show_for_others_is_another_show(other: str) -> None:
    assert not match(wanted(published=NOON), found(show=other, published=NOON)).sure


def test_a_word_that_is_another_is_not_a_misspelt_one() -> None:
    day = {"published": NOON, "duration": 3600}
    fit = match(wanted(title="The butcher of Elm Row", **day), found(title="The baker of Elm Row", **day))
    assert not fit.sure


def test_the_same_title_years_apart_is_not_sure() -> None:
    fit = match(wanted(published=NOON), found(published=NOON - timedelta(days=400)))
    assert not fit.sure
    assert fit.reasons[-1] == "published 400.0 days apart"


def test_a_duration_five_percent_off_helps_and_one_a_little_further_does_not() -> None:
    here = wanted(show=None, duration=1000)
    plain = match(wanted(show=None), found()).score
    for duration in (1000, 950, 1050):
        assert match(here, found(duration=duration)).score == pytest.approx(plain + WEIGHTS["duration within 5 %"])
    for duration in (949, 1051):
        fit = match(here, found(duration=duration))
        assert (fit.score, fit.reasons[-1]) == (plain, "duration 5.1 % off")


def test_a_duration_thirty_percent_off_says_nothing_and_one_further_speaks_against_it() -> None:
    here = wanted(duration=1000)
    assert match(here, found(duration=700)).score == match(wanted(), found()).score
    assert match(here, found(duration=699)).score < match(here, found(duration=700)).score


def test_a_title_is_contained_in_one_of_up_to_four_times_its_length() -> None:
    longest = "so what miles in 1959 at home to"
    assert match(wanted(title="so what!"), found(title=longest)).reasons[0].startswith("title differs")
    assert match(wanted(title="so what?"), found(title=longest[:28])).reasons[0].startswith("title contained")


def test_names_that_are_88_percent_alike_are_near() -> None:
    for other, is_near in (("abcdefghijkyz", True), ("abcdefghijkxyz", True), ("abcdefghijuyz", False)):
        title = match(wanted(title="abcdefghijkx"), found(title=other))
        show = match(wanted(show="abcdefghijkx"), found(show=other))
        assert title.reasons[0].startswith("title differs") is not is_near
        assert show.reasons[1].startswith("show differs") is not is_near


def test_a_show_that_is_one_word_of_the_other_says_nothing() -> None:
    for one, other in (("Zebra", "A zebra hour"), ("A zebra hour", "Zebra")):
        assert match(wanted(show=one), found(show=other)).reasons == ("title equal",)


def test_a_title_of_a_number_and_marks_is_only_a_number() -> None:
    fit = match(wanted(title="12: !!!"), found(title="12: !!!"))
    assert fit.reasons[0] == "title equal, but only a number"


def test_a_day_has_as_many_seconds_as_a_day_and_moments_keep_their_zones() -> None:
    here = wanted(show=None, published=NOON)
    for later, day in ((timedelta(days=1), "same day, show unknown"), (timedelta(days=1, seconds=1), "another day")):
        assert match(here, found(published=NOON + later)).score == round(0.5 + WEIGHTS[day], 3)
    elsewhere = NOON.astimezone(timezone(timedelta(hours=14)))
    assert "published 0.0 days apart" in match(here, found(published=elsewhere)).reasons


def test_a_trailer_of_the_same_name_is_not_sure() -> None:
    assert not match(wanted(duration=3600), found(duration=90)).sure


@pytest.mark.parametrize("other", [f"Trailer: {TITLE}", f"{TITLE} – Teaser", f"{TITLE} (Vorschau)"])
def test_what_only_one_of_two_titles_calls_a_trailer_is_not_sure_on_the_same_day_either(other: str) -> None:
    here, there = wanted(published=NOON), found(published=NOON)
    assert not match(here, found(title=other, published=NOON)).sure
    assert not match(wanted(title=other, published=NOON), there).sure
    assert match(wanted(title=other, published=NOON), found(title=other, published=NOON)).sure


@pytest.mark.parametrize("duration", [0, None])
def test_a_duration_that_is_none_says_nothing(duration: float | None) -> None:
    assert match(wanted(duration=3600), found(duration=duration)).reasons == ("title equal", "show equal")
    assert match(wanted(duration=duration), found(duration=3600)).reasons == ("title equal", "show equal")


def test_an_equal_guid_wins_outright() -> None:
    renamed = found(title="Renamed since", guid=GUID, show=None, published=NOON - timedelta(days=900), duration=5)
    fit = match(wanted(guid=GUID, published=NOON, duration=3600), renamed)
    assert (fit.score, fit.sure, fit.reasons) == (1.0, True, ("guid equal",))
    assert match(wanted(guid=GUID), found(guid=GUID, show="Its network")).sure


def test_an_equal_guid_of_another_title_of_another_show_is_chance() -> None:
    fit = match(wanted(guid=GUID), found(guid=GUID, title="How to roast", show="Cooking with Gas"))
    assert (fit.score, fit.sure) == (0.0, False)


def test_a_short_guid_is_no_identity_outside_its_show() -> None:
    """Many shows count their episodes; asking an index for guid 12 gives the twelfth of any of them."""
    assert match(wanted(guid="12"), found(guid="12", title="How to roast", show=None)).score < FLOOR
    assert match(wanted(guid="12"), found(guid="12", title="Renamed since")).sure
    for guid, sure in (("1234567", False), ("12345678", True)):
        assert match(wanted(guid=guid), found(guid=guid, title="Renamed since", show=None)).sure is sure


def test_a_guid_is_case_sensitive_and_none_is_not_equal_to_none() -> None:
    assert match(wanted(guid=GUID), found(guid=GUID.upper())).reasons[0] == "title equal"
    assert match(wanted(title="A"), found(title="B")).reasons[0] == "title differs: B"


@pytest.mark.parametrize("title", ["", "!!!", "–", "#"])
def test_titles_without_a_letter_are_not_equal(title: str) -> None:
    assert match(wanted(title=title), found(title=title)).score < FLOOR


Verdict = Literal["sure", "unsure", "not offered"]
HOUR = 3600
LABELLED: list[tuple[str, dict[str, object], dict[str, object], Verdict]] = [
    # what it is, title, show, days and seconds of the wanted one, the same of the found one, what a person would say
    ("same in all", {"title": TITLE}, {"title": TITLE}, "sure"),
    ("next day", {"day": 0}, {"day": 1}, "sure"),
    ("rerun five days later", {"day": 0}, {"day": 5}, "unsure"),
    (
        "daily news of one length",
        {"title": "The news", "day": 0, "duration": 300},
        {"day": 2, "duration": 300},
        "unsure",
    ),
    ("weekly mailbag", {"title": "Mailbag", "day": 0, "duration": HOUR}, {"day": 7, "duration": HOUR}, "unsure"),
    ("best of, years later", {"day": 0, "duration": HOUR}, {"day": 900, "duration": HOUR}, "unsure"),
    ("longer with its advertisements", {"day": 0, "duration": HOUR}, {"day": 0, "duration": 3900}, "sure"),
    ("trailer of the day before", {"day": 1, "duration": HOUR}, {"day": 0, "duration": 90}, "unsure"),
    ("subtitle left out", {"title": f"{TITLE}: a talk", "day": 0}, {"title": TITLE, "day": 0}, "sure"),
    (
        "subtitle left out, five days apart",
        {"title": f"{TITLE}: a talk", "day": 0},
        {"title": TITLE, "day": 5},
        "unsure",
    ),
    ("part two", {"title": "Monk, part 1", "day": 0}, {"title": "Monk, part 2", "day": 7}, "not offered"),
    ("another of the day", {"title": "Monk in Paris", "day": 0}, {"title": "Mingus Ah Um", "day": 0}, "not offered"),
    ("same words, other show", {"day": 0}, {"day": 0, "show": "Cooking with Gas"}, "not offered"),
    ("same words, other show, no date", {}, {"show": "Cooking with Gas"}, "not offered"),
    ("show unknown, same day", {"show": None, "day": 0}, {"day": 0}, "sure"),
    ("show unknown, same day, one common word", {"title": "Paris", "show": None, "day": 0}, {"day": 0}, "unsure"),
    ("show unknown, no date", {"show": None}, {}, "unsure"),
    ("show unknown, five days apart", {"show": None, "day": 0}, {"day": 5}, "not offered"),
    ("renamed, same guid", {"guid": GUID, "day": 0}, {"title": "Renamed", "guid": GUID, "day": 40}, "sure"),
]


def labelled(of: dict[str, object]) -> dict[str, object]:
    """What an example says, with its day as a date."""
    day = of.get("day")
    published = {} if day is None else {"published": NOON + timedelta(days=int(str(day)))}
    return {name: value for name, value in of.items() if name != "day"} | published


@pytest.mark.parametrize(("here", "there", "verdict"), [row[1:] for row in LABELLED], ids=[row[0] for row in LABELLED])
def test_examples_are_judged_as_a_person_would(
    here: dict[str, object], there: dict[str, object], verdict: Verdict
) -> None:
    same_title = {"title": here["title"]} if "title" in here else {}
    fit = match(wanted(**labelled(here)), found(**labelled(same_title | there)))
    assert ("sure" if fit.sure else "unsure" if fit.score >= FLOOR else "not offered") == verdict, fit.told


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30), st.floats(0, 1e6), st.datetimes())
def test_any_two_episodes_can_be_compared(
    one: str, other: str, show: str, duration: float, published: datetime
) -> None:
    fit = match(
        wanted(title=one, show=show, duration=duration, published=NOON),
        found(title=other, show=show, duration=duration / 2, published=published),
    )
    assert 0 <= fit.score <= 1
    assert all(fit.reasons)
    assert not fit.sure or fit.score >= SURE


@pytest.mark.parametrize(
    ("text", "is_host"),
    [
        ("www.ndr.de", True),
        ("jazz.example.org", True),
        ("localhost:8000", True),
        ("127.0.0.1:5000", True),
        ("https://show.example/feed", True),
        ("show.example.", True),
        ("99% Invisible", False),
        ("The Jazz Hour", False),
        ("Jazz", False),
        ("Vol.22", False),
        ("Wait... what?", False),
        ("", False),
    ],
)
def test_the_name_of_a_server_is_told_from_the_name_of_a_show(text: str, is_host: bool) -> None:
    assert looks_like_host(text) is is_host


@pytest.mark.parametrize("title", ["Mailbag", "Neujahrsausgabe", "The weekly mailbag", "Presseschau der Woche"])
def test_a_title_that_may_come_again_is_not_sure_without_day_and_length(title: str) -> None:
    assert not match(wanted(title=title), found(title=title)).sure
    assert not match(wanted(title=title), found(title=title, published=NOON, duration=3600)).sure
    assert match(wanted(title=title, published=NOON), found(title=title, published=NOON)).sure
    assert match(wanted(title=title, duration=3600), found(title=title, duration=3600)).sure


def test_a_title_that_may_come_again_is_told_by_its_number() -> None:
    assert match(wanted(title="Mailbag 12"), found(title="Mailbag 12")).sure


def test_a_rerun_that_one_side_names_is_the_same_only_on_its_own_day_and_at_its_length() -> None:
    rerun = wanted(title=f"Encore: {TITLE}", published=NOON, duration=3600)
    assert match(rerun, found(published=NOON, duration=3600)).sure
    assert not match(rerun, found(published=NOON - timedelta(days=300), duration=3600)).sure
    assert not match(rerun, found(published=NOON)).sure
    assert not match(rerun, found()).sure


def test_a_part_of_a_title_needs_show_day_and_length() -> None:
    piers, longer = {"title": "Piers"}, {"title": "Piers – How towns began by the sea"}
    assert match(wanted(**piers, published=NOON, duration=3600), found(**longer, published=NOON, duration=3600)).sure
    assert not match(wanted(**piers, published=NOON), found(**longer, published=NOON)).sure
    assert not match(wanted(**piers, duration=3600), found(**longer, duration=3600)).sure
