"""What learning needs: candidates in the shadow, nights of learning, drift, judged duplicates."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, UTCDateTime

revision = "0014_learn_from_corrections"
down_revision = "0013_tell_webhooks"
branch_labels = None
depends_on = None


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def upgrade() -> None:
    """Make the tables, and note a text's language and district beside its suggestion."""
    op.add_column("suggestion", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column("suggestion", sa.Column("district", sa.String(length=40), nullable=True))
    op.create_table(
        "shadow_suggestion",
        _id(),
        sa.Column("model_version", sa.String(length=60), nullable=False),
        sa.Column("target_kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=40), nullable=False),
        sa.Column("component", sa.String(length=8), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_suggestion")),
        sa.UniqueConstraint(
            "model_version",
            "target_kind",
            "target_id",
            name=op.f("uq_shadow_suggestion_model_version_target_kind_target_id"),
        ),
    )
    op.create_table(
        "learning_run",
        _id(),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ends_by", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("doubts", JSONDoc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_run")),
    )
    op.create_table(
        "model_watch",
        _id(),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("model_version", sa.String(length=60), nullable=False),
        sa.Column("summary", JSONDoc(), nullable=False),
        sa.Column("drift", JSONDoc(), nullable=False),
        sa.Column("queue", JSONDoc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_watch")),
    )
    op.create_index(op.f("ix_model_watch_at"), "model_watch", ["at"], unique=False)
    op.create_table(
        "duplicate_decision",
        _id(),
        sa.Column("target_kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=40), nullable=False),
        sa.Column("other_id", sa.String(length=40), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Float(), nullable=False),
        sa.Column("near", sa.Float(), nullable=False),
        sa.Column("recent", sa.Float(), nullable=False),
        sa.Column("service", sa.Float(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_decision")),
        sa.UniqueConstraint(
            "target_kind",
            "target_id",
            "other_id",
            name=op.f("uq_duplicate_decision_target_kind_target_id_other_id"),
        ),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("duplicate_decision")
    op.drop_index(op.f("ix_model_watch_at"), table_name="model_watch")
    op.drop_table("model_watch")
    op.drop_table("learning_run")
    op.drop_table("shadow_suggestion")
    op.drop_column("suggestion", "district")
    op.drop_column("suggestion", "language")
