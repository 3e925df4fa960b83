"""Credits of subtitles are known, and speech about subtitles is none."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.language.credits import is_credit


@pytest.mark.parametrize(
    "text",
    [
        "Untertitel der Amara.org-Community",
        "Untertitelung des ZDF, 2020",
        " Untertitel im Auftrag des ZDF f\u00fcr funk, 2017.",
        "SWR 2021",
        "Copyright WDR 2021",
        "Subtitles by the Amara.org community",
        "Sous-titres r\u00e9alis\u00e9s par la communaut\u00e9 d'Amara.org",
        "Subt\u00edtulos realizados por la comunidad de Amara.org",
    ],
)
def test_a_credit_is_known(text: str) -> None:
    assert is_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "Untertitel lese ich nie.",
        "The subtitles were made by volunteers, and then we watched it again.",
        "Der WDR hat das im Jahr 2021 gesendet.",
        "Thanks for watching!",
        "We watched it with subtitles in 1998, in a cinema that has been gone for a very long time by now, sadly.",
        "",
    ],
)
def test_what_somebody_says_is_none(text: str) -> None:
    assert not is_credit(text)
