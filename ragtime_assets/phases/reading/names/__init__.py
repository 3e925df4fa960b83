"""Names in transcripts, found by rules: no model, no network, linear in the length of the text.

`known` finds the names of the vocabulary; `shapes` finds unknown ones by the words around and inside them; `spans` is
what both find, and which of them wins; `evidence` is what the whole episode says of its names; `people` turns
surnames into full names; `grounding` ties what any engine found to the text and to the second it is said.
"""
