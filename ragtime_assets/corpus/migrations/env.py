"""Alembic's entry point; always called through `upgrade`, on the connection it was given."""

from alembic import context

from ragtime_assets.corpus.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
context.run_migrations()
