"""Agents on Pydantic AI: output type, instructions and tools of each, and what they share.

What an agent is (`spec`) and how it is called (`calling`) are apart: the first costs nothing to import, so that the
hash of a prompt can be part of an asset's code version; the second is imported when a model is called. Between them
lie `providers` (which model, which key), `metering` (journal, ledger, retries), `questions` (what is said, as it is
kept), `throttle`, `refusals`, `audit` and `tracing`.
"""
