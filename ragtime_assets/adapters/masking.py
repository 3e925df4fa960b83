"""Addresses as people may see them: without the user and password that some of them carry."""

from __future__ import annotations

import re


def masked(url: str) -> str:
    """`url` with `***` in the place of user and password."""
    return re.sub(r"//[^/\s]*@", "//***@", url)
