"""Addresses as people may see them: without the passwords that some of them carry."""

from __future__ import annotations

import re

_USER = re.compile(r"(?:(?<=//)|^(?!.*//))[^/?#:@]*(?::.*|[^/?#]*)@", re.DOTALL)
"""User and password. An @ belongs in a password as %40: one that was left as it is must not end the mask too early."""
_PARAMETER = re.compile(r"([?&;][^=&;#]*(?:pass|secret|token|key|sig|credential)[^=&;#]*=)[^&;#]*", re.IGNORECASE)


def masked(address: str) -> str:
    """`address` with `***` in the place of user and password, and of every parameter that is named like a secret."""
    return _PARAMETER.sub(r"\1***", _USER.sub("***@", address))
