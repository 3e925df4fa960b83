"""The notes of entities and shows: what they lead to, whatever things are called."""

from __future__ import annotations

from typing import Any

import pytest

from ragtime_assets.domain.rendering.backlinks import MOST_MOMENTS, Backlinks
from ragtime_assets.domain.rendering.file_names import file_name
from ragtime_assets.domain.rendering.markup import wiki_link


def entity(name: str, *moments: float, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "musician", "mbid": None, "qid": None, "moments": list(moments)} | more


def episode(
    title: str, *entities: dict[str, Any], day: str | None = "2024-05-01", show: str | None = "The Hour"
) -> Any:
    url = "https://pod.example/1"
    return {"title": title, "show": show, "published": day, "url": url, "entities": list(entities)}


def gathered(*records: Any) -> Backlinks:
    """Of these episodes, each with a note of its title."""
    found = Backlinks()
    for record in records:
        found.add(record, file_name(record["title"], "unnamed"))
    return found


def test_an_entity_leads_to_its_moments_in_each_episode_the_newest_first() -> None:
    django = entity("Django Reinhardt", 5, 65, qid="Q44122")
    found = gathered(episode("Old", django, day="2020-01-01"), episode("New", entity("Django Reinhardt", 9)))
    (note,) = found.entities.values()
    assert note.note == "Django Reinhardt"
    text = note.markdown()
    assert "- musician [Wikidata](https://www.wikidata.org/wiki/Q44122)" in text
    new = "- [[New]] (The Hour, 2024-05-01) [0:09](https://pod.example/1#t=9)"
    old = "- [[Old]] (The Hour, 2020-01-01) [0:05](https://pod.example/1#t=5) [1:05](https://pod.example/1#t=65)"
    assert text.endswith(f"2 episodes.\n\n## Episodes\n\n{new}\n{old}\n")


def test_a_show_leads_to_its_episodes_and_an_episode_without_one_is_in_none() -> None:
    found = gathered(episode("A"), episode("B", day=None), episode("C", show=None))
    (show,) = found.shows.values()
    assert show.markdown().endswith(
        "2 episodes.\n\n## Episodes\n\n- [[A]] (The Hour, 2024-05-01)\n- [[B]] (The Hour)\n"
    )


def test_an_entity_that_is_named_all_the_time_has_its_first_moments_and_how_many_more() -> None:
    (note,) = gathered(episode("A", entity("Django", *range(MOST_MOMENTS + 3)))).entities.values()
    assert "[0:09](https://pod.example/1#t=9) and 3 more\n" in note.markdown()


def test_two_of_one_name_share_the_note_that_links_to_either_lead_to() -> None:
    found = gathered(episode("A", entity("AC/DC", 1), entity("ac-dc", 2, type="work")))
    (note,) = found.entities.values()
    assert "- musician\n- work" in note.markdown()
    assert "[0:01](https://pod.example/1#t=1) [0:02](https://pod.example/1#t=2)" in note.markdown()


@pytest.mark.parametrize("name", ["???", "", "con", "a|b]] [[c", "x" * 500, "Größe #1 ^ <b>", "日本", "\u202e..", "-"])
def test_the_note_of_any_name_is_called_as_links_to_it_say_and_only_words(name: str) -> None:
    (note,) = gathered(episode(name, entity(name, 1), show=None)).entities.values()
    assert wiki_link(name).removeprefix("[[").partition("|")[0].removesuffix("]]") == note.note
    assert len(note.note.encode()) <= 200
    _, _, body = note.markdown().removeprefix("---").partition("---")
    assert "<b>" not in body
    assert body.count("[[") == body.count("]]") == 1
