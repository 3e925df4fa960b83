"""What the words of a text mean where they stand: a few hundred of many thousand traits, each as strong as it is there.

A vector says what a text is about; by its traits it shows whether what is asked stands in it. Some engines read them.
What does not belong here: how traits are read (`adapters/vectors`), and what follows (`closeness.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

Traits = Mapping[int, float]
"""How strong each is, by its number."""


def shared(some: Traits, others: Traits) -> float:
    """How much two texts have in common: the cosine of their traits."""
    lengths = math.hypot(*some.values()) * math.hypot(*others.values())
    return sum(strength * others.get(number, 0.0) for number, strength in some.items()) / lengths if lengths else 0.0
