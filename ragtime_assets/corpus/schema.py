"""The tables. Each change is a migration in `migrations/versions`; a test compares the two.

Indexes of some rows only are in the migrations alone: to name their condition here would load what SQLAlchemy knows of
Postgres with every command.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

VERSION_TABLE = "ragtime_schema"
"""Not alembic's default: that is where Dagster keeps the version of its own tables, which may share the database."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_Json = sa.JSON(none_as_null=True)


class UtcTime(sa.TypeDecorator[datetime]):
    """A moment, in UTC on its way in and out: SQLite keeps no time zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """A moment on its way in."""
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """A moment on its way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Usd(sa.TypeDecorator[Decimal]):
    """Dollars, kept as whole billionths: exact on both databases, and added up without floats."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        """A Decimal on its way in."""
        return None if value is None else int((value * 1_000_000_000).to_integral_value())

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        """A Decimal on its way out."""
        return None if value is None else Decimal(int(value)) / 1_000_000_000


corpus = sa.Table(
    "corpus",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("made_at", UtcTime, nullable=False),
)
"""One row: which corpus these tables are of, so that a backup is told from that of another."""

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(100), nullable=False, unique=True),
    sa.Column("identity", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("feed_url", sa.Text),
    sa.Column("guid", sa.Text),
    sa.Column("submitted_by", sa.Text, nullable=False),
    sa.Column("submitted_at", UtcTime, nullable=False),
    sa.Column("forgotten_at", UtcTime),
    sa.Column("purged_at", UtcTime),
)
"""`forgotten_at` is when somebody wanted an episode gone, `purged_at` when the last of it was. An identity is there
once among those that are not forgotten."""

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("submission_id", sa.ForeignKey(submissions.c.id), nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("assets", _Json),
    sa.Column("scope", _Json, nullable=False),
    sa.Column("place", sa.Text),
    sa.Column("bindings", _Json),
    sa.Column("run_key", sa.Text, index=True),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", UtcTime, nullable=False),
    sa.Column("respells", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_autoincrement=True,
)
"""`respells` is true where a name was corrected: nothing is heard again for it, and no model is asked."""

episode_identities = sa.Table(
    "episode_identities",
    metadata,
    sa.Column("identity", sa.Text, primary_key=True),
    sa.Column("key", sa.String(100), nullable=False, index=True),
    sa.Column("claimed_at", UtcTime, nullable=False),
)

artifacts = sa.Table(
    "artifacts",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("asset", sa.String(40), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("inputs", _Json, nullable=False),
    sa.Column("code_version", sa.String(80), nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("show", sa.Text),
    sa.Column("vocabulary", sa.String(16)),
)

entities = sa.Table(
    "entities",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("own_key", sa.Text),
    sa.Column("mbid", sa.String(36)),
    sa.Column("qid", sa.String(20), unique=True),
    sa.Column("disambiguation", sa.Text, nullable=False),
    sa.Column("begin", sa.Integer),
    sa.Column("end", sa.Integer),
    sa.Column("area", sa.Text),
    sa.Column("related", _Json, nullable=False),
    sa.Column("qid_status", sa.String(12), nullable=False),
    sa.Column("qid_tries", sa.Integer, nullable=False),
    sa.Column("qid_looked_up_at", UtcTime),
    sa.Column("qid_reason", sa.Text),
    sa.Column("merged_into", sa.ForeignKey("entities.id"), index=True),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("type", "mbid"),
    sa.UniqueConstraint("type", "own_key"),
    sa.Index("ix_entities_qid_status", "qid_status"),
)
"""`own_key` is the key of the name under which this corpus made an entity of a name that nobody knew: one for each.
`merged_into` is the entity that this one stands for now; nothing else of it changes, so that unmerging brings it back.
`qid_status` is pending, resolved, not_found or failed."""

entity_names = sa.Table(
    "entity_names",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entity_id", sa.ForeignKey(entities.c.id), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("language", sa.String(12)),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("source", sa.String(20), nullable=False),
    sa.UniqueConstraint("entity_id", "name"),
)
"""`kind` is name, alias, short (a surname alone) or refused (a person took it away).
`source` is corpus, musicbrainz, wikidata, vocabulary or person."""

entity_mentions = sa.Table(
    "entity_mentions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(100), nullable=False, index=True),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("surface", sa.Text, nullable=False),
    sa.Column("chunk", sa.Integer, nullable=False),
    sa.Column("start", sa.Float, nullable=False),
)
"""Every moment at which a name is said; what the name means in its episode is in `entity_decisions`."""

entity_decisions = sa.Table(
    "entity_decisions",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("type", sa.String(40), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("entity_id", sa.ForeignKey(entities.c.id), index=True),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("evidence", _Json, nullable=False),
    sa.Column("candidates", _Json, nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("decided_by", sa.String(10), nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("decided_at", UtcTime, nullable=False),
    sa.Column("mentions", sa.Integer, nullable=False),
    sa.Column("later", sa.Boolean, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False, server_default="", index=True),
)

entity_offers = sa.Table(
    "entity_offers",
    metadata,
    sa.Column("entity_id", sa.ForeignKey(entities.c.id), primary_key=True),
    sa.Column("key", sa.String(100), primary_key=True, index=True),
)
"""In which episodes a name may mean an entity, and nobody knows which of several it means."""

entity_corrections = sa.Table(
    "entity_corrections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(100), index=True),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False, index=True),
    sa.Column("entity_id", sa.ForeignKey(entities.c.id), index=True),
    sa.Column("said_by", sa.Text, nullable=False),
    sa.Column("said_at", UtcTime, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
    sqlite_autoincrement=True,
)
"""What people said a name means: in one episode, or in all of them when `key` is NULL; nothing when `entity_id` is.
Rows are only added and withdrawn; the newest word counts, and that on one episode before that on all."""

entity_lookups = sa.Table(
    "entity_lookups",
    metadata,
    sa.Column("type", sa.String(40), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("answer", _Json, nullable=False),
    sa.Column("looked_up_at", UtcTime, nullable=False),
)
"""What MusicBrainz knew of a name, so that linking an episode again asks nothing that was asked before."""

enrichment_requests = sa.Table(
    "enrichment_requests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("retry_failed", sa.Boolean, nullable=False),
    sa.Column("most", sa.Integer),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", UtcTime, nullable=False),
    sa.Column("begun_at", UtcTime),
    sa.Column("done_at", UtcTime),
    sqlite_autoincrement=True,
)
"""Who asked for QIDs to be looked for. `begun_at` is when what had failed was taken up again."""

service_turns = sa.Table(
    "service_turns",
    metadata,
    sa.Column("service", sa.String(40), primary_key=True),
    sa.Column("free_at", sa.Float, nullable=False),
)
"""When a public service may be asked again by anybody who shares this database, in seconds since 1970."""

passages = sa.Table(
    "passages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("episode_key", sa.String(100), nullable=False),
    sa.Column("chunk_digest", sa.String(64), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("heading_words", sa.Text, nullable=False),
    sa.Column("start", sa.Float, nullable=False),
    sa.Column("end", sa.Float, nullable=False),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("episode_title", sa.Text, nullable=False),
    sa.Column("show", sa.Text),
    sa.Column("published", sa.String(40)),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("speakers", _Json, nullable=False),
    sa.Column("chapter", sa.Text),
    sa.Column("entities", _Json, nullable=False),
    sa.UniqueConstraint("episode_key", "chunk_digest"),
    sa.Index("ix_passages_show", "show"),
    sa.Index("ix_passages_language", "language"),
    sa.Index("ix_passages_published", "published"),
)
"""`words` are those of the text as they are looked for, `heading_words` those of title, chapter and speakers. SQLite
indexes them in `passage_words`, Postgres in the column `document`, which it makes itself."""

passage_entities = sa.Table(
    "passage_entities",
    metadata,
    sa.Column("passage_id", sa.ForeignKey(passages.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("entity_id", sa.String(32), primary_key=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
)
"""Which entities of the registry are named in a passage, in the order in which they are said."""

passage_speakers = sa.Table(
    "passage_speakers",
    metadata,
    sa.Column("passage_id", sa.ForeignKey(passages.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("speaker", sa.Text, primary_key=True, index=True),
)
"""Who speaks in a passage, to be searched by; what is shown of it is in `passages`."""

query_baselines = sa.Table(
    "query_baselines",
    metadata,
    sa.Column("engine", sa.String(200), primary_key=True),
    sa.Column("language", sa.String(12), primary_key=True),
    sa.Column("questions", sa.String(64), primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
"""By embedding engine: the mean vector of a language's unrelated questions, and the vectors of everyday ones, in a row.
`questions` is their digest."""

corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("value", _Json),
    sa.Column("corrected_by", sa.Text, nullable=False),
    sa.Column("corrected_at", UtcTime, nullable=False),
)

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(100), nullable=False),
    sa.Column("asset", sa.String(40), nullable=False),
    sa.Column("covers", sa.String(64), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("estimate", sa.Text, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.Column("decision", sa.String(10)),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", UtcTime),
    sa.Column("note", sa.Text),
    sa.Column("told_at", UtcTime),
    sa.UniqueConstraint("key", "asset", "covers"),
    sa.Index("ix_approvals_told_at", "told_at", "decided_at"),
    sqlite_autoincrement=True,
)

name_rules = sa.Table(
    "name_rules",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("heard", sa.Text, nullable=False),
    sa.Column("written", sa.Text, nullable=False),
    sa.Column("said_by", sa.Text, nullable=False),
    sa.Column("said_at", UtcTime, nullable=False),
    sa.Column("withdrawn_at", UtcTime),
    sqlite_autoincrement=True,
)
"""Names that people taught: how one is heard wrong, and how it is written right. Rows are only added and withdrawn."""

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("identity", sa.Text, nullable=False, unique=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("podcast_guid", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("selection", _Json, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("polled_at", UtcTime),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.Index("ix_feeds_state_due_at", "state", "due_at"),
)

feed_items = sa.Table(
    "feed_items",
    metadata,
    sa.Column("feed_id", sa.ForeignKey(feeds.c.id), primary_key=True),
    sa.Column("guid", sa.Text, primary_key=True),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("is_wanted", sa.Boolean, nullable=False),
    sa.Column("key", sa.String(100)),
)

model_calls = sa.Table(
    "model_calls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("called_at", UtcTime, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("key", sa.String(100), index=True),
    sa.Column("phase", sa.String(40), nullable=False),
    sa.Column("agent", sa.String(40), nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("input_tokens", sa.Integer),
    sa.Column("cached_tokens", sa.Integer),
    sa.Column("output_tokens", sa.Integer),
    sa.Column("audio_seconds", sa.Float),
    sa.Column("cost", Usd),
    sa.Column("charge", Usd, nullable=False),
    sa.Column("price_source", sa.Text),
    sa.Column("milliseconds", sa.Integer),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("turn", sa.Integer),
    sa.Column("prompt_version", sa.String(12)),
    sa.Column("reasoning_tokens", sa.Integer),
    sa.Column("input_cost", Usd),
    sa.Column("output_cost", Usd),
    sa.Column("request_id", sa.Text),
)

spending = sa.Table(
    "spending",
    metadata,
    sa.Column("scope", sa.String(20), primary_key=True),
    sa.Column("subject", sa.String(100), primary_key=True),
    sa.Column("phase", sa.String(40), primary_key=True),
    sa.Column("charge", Usd, nullable=False),
)
"""What `model_calls` of a day, and of an episode, were charged by now: a sum that is kept and not added up again."""

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("asset", sa.String(40), primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("request", sa.String(64), primary_key=True),
    sa.Column("nth", sa.Integer, primary_key=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("rejected", sa.Boolean, nullable=False),
    sa.Column("kept_at", UtcTime, nullable=False),
)

tool_outcomes = sa.Table(
    "tool_outcomes",
    metadata,
    sa.Column("asset", sa.String(40), primary_key=True),
    sa.Column("tool", sa.String(100), primary_key=True),
    sa.Column("host", sa.String(255), primary_key=True),
    sa.Column("outcome", sa.String(20), primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)
"""How often a tool or tier came to what at which host, over all attempts: sums that are kept."""

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("cause", sa.String(100), primary_key=True),
    sa.Column("pending", sa.Integer, nullable=False),
    sa.Column("sample", _Json, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
    sa.Column("sent_at", UtcTime),
    sa.Column("taken_at", UtcTime),
    sa.Column("error", sa.Text),
)
"""What people are still to be told of failures, by their class. `taken_at` is when somebody last set about telling."""

vector_collections = sa.Table(
    "vector_collections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("place", sa.String(20), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("embedder", sa.Text, nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("dimension", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("since", UtcTime, nullable=False),
    sa.UniqueConstraint("place", "name"),
    sqlite_autoincrement=True,
)
"""Which collections of vectors there are, and which of them answers: one at each place is `live`."""

vector_episodes = sa.Table(
    "vector_episodes",
    metadata,
    sa.Column("collection", sa.ForeignKey(vector_collections.c.id), primary_key=True),
    sa.Column("key", sa.String(100), primary_key=True),
)
"""The episodes that are in a collection which is being built."""
