"""What the world knows of people, bands, records and places: MusicBrainz and Wikidata.

What belongs here: asking them within their manners, and believing of their answers only what has the documented shape.
What does not: which entity a name means (`domain/linking/`), and who is asked at all (`studio/knowledge.py`).
"""
