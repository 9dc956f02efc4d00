"""Suggestions, corrections, models."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, UTCDateTime

revision = "0005_suggest_places"
down_revision = "0004_let_people_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "correction",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("target_kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=40), nullable=False),
        sa.Column("component", sa.String(length=8), nullable=False),
        sa.Column("suggested", sa.String(length=8), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("model_version", sa.String(length=60), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index("ix_correction_at", "correction", ["created_at"], unique=False)
    op.create_index(op.f("ix_correction_person"), "correction", ["person"], unique=False)
    op.create_index(
        "ix_correction_target", "correction", ["target_kind", "target_id"], unique=False
    )
    op.create_table(
        "suggestion",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("target_kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=8), nullable=True),
        sa.Column("component", sa.String(length=8), nullable=True),
        sa.Column("second", sa.String(length=8), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("service_code", sa.String(length=80), nullable=True),
        sa.Column("judged_by", sa.String(length=20), nullable=False),
        sa.Column("detail", JSONDoc(), nullable=False),
        sa.Column("model_version", sa.String(length=60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint(
            "target_kind", "target_id", name=op.f("uq_suggestion_target_kind_target_id")
        ),
    )
    op.create_index(op.f("ix_suggestion_domain"), "suggestion", ["domain"], unique=False)
    op.create_table(
        "trained_model",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("figures", JSONDoc(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("promoted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trained_model")),
        sa.UniqueConstraint("version", name=op.f("uq_trained_model_version")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("trained_model")
    op.drop_index(op.f("ix_suggestion_domain"), table_name="suggestion")
    op.drop_table("suggestion")
    op.drop_index("ix_correction_target", table_name="correction")
    op.drop_index(op.f("ix_correction_person"), table_name="correction")
    op.drop_index("ix_correction_at", table_name="correction")
    op.drop_table("correction")
