"""Agents on Pydantic AI: output type, instructions and tools of each, and what they share (journal, ledger, budget).

Empty in this version: with nothing configured no phase asks a model, and the settings that name one are reserved.
"""
