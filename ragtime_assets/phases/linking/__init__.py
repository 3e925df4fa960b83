"""Steps of `entity_links` that ask somebody: MusicBrainz, a model."""
