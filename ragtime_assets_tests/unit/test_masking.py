"""What is shown of an address: enough to know it again, and no password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.masking import masked

SHOWN = {
    "https://host.example:6333/a?b=c#d": "https://host.example:6333/a?b=c#d",
    "https://user:hunter2@host/x": "https://***@host/x",
    "https://hunter2@host": "https://***@host",
    "postgresql://user:hun@ter2@host/db": "postgresql://***@host/db",
    "postgresql://user:hun/ter?2#@host/db": "postgresql://***@host/db",
    "postgresql://user@host/db?password=hunter2&sslmode=require": "postgresql://***@host/db?password=***&sslmode=require",
    "https://host/feed?Access_Token=hunter2;x=1#y": "https://host/feed?Access_Token=***;x=1#y",
    "user:hunter2@host:6333": "***@host:6333",
    "hunter2@host": "***@host",
    "https://social.example/@somebody": "https://social.example/@somebody",
    "https://host.example/a/b@2x.png": "https://host.example/a/b@2x.png",
    "file:///home/me@work/store": "file:///home/me@work/store",
    "/home/me@work/store": "/home/me@work/store",
    "": "",
}


@pytest.mark.parametrize("address", SHOWN)
def test_an_address_is_shown_without_user_password_and_secret_parameters(address: str) -> None:
    assert masked(address) == SHOWN[address]


@given(password=st.text(min_size=1, max_size=20), name=st.sampled_from(["password", "api_key", "sslpassword", "token"]))
def test_no_password_is_shown_whatever_is_in_it(password: str, name: str) -> None:
    assert masked(f"postgresql://user:{password}@host/db") == "postgresql://***@host/db"
    plain = password.translate({ord(end): None for end in "&;#?@"})
    assert masked(f"https://host/?{name}={plain}&x=1") == f"https://host/?{name}=***&x=1"
