"""Addresses as people may see them: without the passwords that some of them carry."""

from __future__ import annotations

import re

_USER = r"[^/?#:@]*+(?::.*|[^/?#]*)@"
"""User and password. An @ belongs in a password as %40: one that was left as it is must not end the mask too early."""
_FIRST = re.compile(f"^{_USER}", re.DOTALL)
_BEHIND_SLASHES = re.compile(f"(?<=//){_USER}", re.DOTALL)
_PARAMETER = re.compile(
    r"([?&;][^?=&;#]*(?:pass|secret|token|key|sig|credential)[^=&;#]{0,200}=)[^&;#]*", re.IGNORECASE
)


def masked(address: str) -> str:
    """`address` with `***` in the place of user and password, and of every parameter that is named like a secret."""
    user = _BEHIND_SLASHES if "//" in address else _FIRST
    before, at, rest = address.rpartition("@")  # behind the last @ no user is looked for
    return _PARAMETER.sub(r"\1***", user.sub("***@", before + at) + rest)
