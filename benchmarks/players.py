"""Whether the audio that a page hands to its player is found, and none that is not the episode's.

    python -m benchmarks.players             with the reading of players' data, and without it
    python -m benchmarks.players --errors    the same, and every error of the half to tune by

47 pages in the manner of players, invented, with advertisements, trailers, jingles and other episodes beside the
audio; written without sight of the rules, so "before" is blind. Then whoever wrote them mended the rules by the errors
of every second page; the others were not printed, but of the same hand, so "now" flatters. The 71 pages of "seen"
came after that, 41 and then 30, from people who knew neither the rules nor their errors: "first" is what they measured
before the rules were mended by their errors, and "now" proves little. The 30 pages of "blind" were written after the
last mending, again without sight of the rules or of their errors, and nobody who mends has read them. No rule was
mended by them, so expect those figures.

                tuning                        held out                      seen
    without     3 right, 21 missed of 24      3 right, 20 missed of 23      20 right, 51 missed of 71
    before      21 right, 2 wrong, 1 missed   17 right, 4 wrong, 2 missed
    first       24 right                      21 right, 1 wrong, 1 missed   27 right, 6 wrong, 8 missed of the 41,
                                                                            23 right, 3 wrong, 4 missed of the 30
    now         24 right                      22 right, 1 missed            70 right, 1 missed
    titles      21 of 21                      19 of 19                      57 of 58

                blind
    without     9 right, 21 missed of 30
    first, now  23 right, 2 wrong, 5 missed
    titles      20 of 20

At first sight of the first 41 these were wrong: a live stream (two), an advertisement beside the episode, a show's
sting, one word of a language course, and another show that an article promotes. Missed were pages in the manner of
Anchor, Audioboom, Ausha (French keys), LetsCast (an element of its own), jPlayer, Astro, Livewire, and files listed by
codec. Of the next 30 wrong were the station's live stream on the page of a programme that expired, an article that a
voice reads, and another episode in a store of GraphQL beside the right one; missed were a clip of Omny's keys, which is
missed still, an `AudioObject` in microdata, a player's settings in base64, and an address escaped in the query of a
frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from benchmarks.labelled import Row, parts, shown, tables
from ragtime_assets.adapters.pages.reader import EpisodePageReader
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.text.titles import comparable


def told(row: Row) -> EpisodeDetails | None:
    """What the page says of its episode."""
    return EpisodePageReader().read(Document(row["url"], row["html"].encode(), "text/html")).details


def audio_of(row: Row, *, by_player: bool) -> list[str]:
    """The addresses of audio that are taken from a page: all of them, or those that no player's data gave."""
    details = told(row)
    found = details.audio if details else ()
    return [one.url for one in found if by_player or one.origin != "player"]


def report(name: str, pages: Mapping[str, Sequence[Row]], *, by_player: bool) -> Iterator[str]:
    """A line for each part: pages whose audio is right, of which something else was taken, or nothing."""
    for part, some in pages.items():
        found = [(row, audio_of(row, by_player=by_player)) for row in some]
        wrong = [(row, urls) for row, urls in found if not set(urls) <= set(row["audio"])]
        missed = [(row, urls) for row, urls in found if row["audio"] and not urls]
        right = len(some) - len(wrong) - len(missed)
        yield f"{name:12} {part:9} right {right:2}, wrong {len(wrong):2}, missed {len(missed):2} of {len(some)}"
        if by_player and shown(part):
            yield from (f"    wrong   {row['player']}: {urls}" for row, urls in wrong)
            yield from (f"    missed  {row['player']}" for row, _ in missed)


def report_titles(pages: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """How often the title is that of the episode, where its audio was found."""
    for part, some in pages.items():
        read = [(row, details) for row in some if row["audio"] and (details := told(row)) and details.audio]
        wrong = [(row, details) for row, details in read if comparable(row["title"]) not in comparable(details.title)]
        yield f"{'titles':12} {part:9} right {len(read) - len(wrong):2} of {len(read)}"
        if shown(part):
            yield from (f"    {row['player']}: {details.title} instead of {row['title']}" for row, details in wrong)


def main() -> None:
    """Print every number."""
    pages = parts("player_pages.toml", partial(tables, table="page"))
    print(*report("without", pages, by_player=False), sep="\n")
    print(*report("with", pages, by_player=True), sep="\n")
    print(*report_titles(pages), sep="\n")


if __name__ == "__main__":
    main()
