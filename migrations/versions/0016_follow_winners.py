"""Juries, milestones, benefit reports and data deliveries."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, UTCDateTime

revision = "0016_follow_winners"
down_revision = "0015_reach_partners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "idea_jury",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("criteria", JSONDoc(), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False),
        sa.Column("per_idea", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=120), nullable=True),
        sa.Column("frozen_at", UTCDateTime(), nullable=True),
        sa.Column("result", JSONDoc(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["competition_edition.id"], name=op.f("fk_idea_jury_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_jury")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_idea_jury_edition_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_jury_public_id")),
    )
    op.create_table(
        "idea_juror",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("jury_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("declared_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idea_juror_account_id")
        ),
        sa.ForeignKeyConstraint(["jury_id"], ["idea_jury.id"], name=op.f("fk_idea_juror_jury_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_juror")),
        sa.UniqueConstraint("jury_id", "account_id", name=op.f("uq_idea_juror_jury_id_account_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_juror_public_id")),
    )
    op.create_index(op.f("ix_idea_juror_account_id"), "idea_juror", ["account_id"], unique=False)
    op.create_table(
        "idea_benefit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("helped", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proof", sa.String(length=500), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_idea_benefit_author_id")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_benefit_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_benefit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_benefit_public_id")),
    )
    op.create_index(op.f("ix_idea_benefit_author_id"), "idea_benefit", ["author_id"], unique=False)
    op.create_index(op.f("ix_idea_benefit_idea_id"), "idea_benefit", ["idea_id"], unique=False)
    op.create_table(
        "idea_data_agreement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("schema", JSONDoc(), nullable=False),
        sa.Column("licence", sa.String(length=80), nullable=False),
        sa.Column("privacy", sa.String(length=12), nullable=False),
        sa.Column("schedule", sa.String(length=12), nullable=False),
        sa.Column("chart", JSONDoc(), nullable=True),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_data_agreement_idea_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_data_agreement")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_idea_data_agreement_key_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_data_agreement_public_id")),
    )
    op.create_index(
        op.f("ix_idea_data_agreement_idea_id"), "idea_data_agreement", ["idea_id"], unique=False
    )
    op.create_table(
        "idea_juror_conflict",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("juror_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_juror_conflict_idea_id")
        ),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["idea_juror.id"], name=op.f("fk_idea_juror_conflict_juror_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_juror_conflict")),
        sa.UniqueConstraint(
            "juror_id", "idea_id", name=op.f("uq_idea_juror_conflict_juror_id_idea_id")
        ),
    )
    op.create_index(
        op.f("ix_idea_juror_conflict_idea_id"), "idea_juror_conflict", ["idea_id"], unique=False
    )
    op.create_table(
        "idea_jury_score",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("juror_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("marks", JSONDoc(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("scored_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_jury_score_idea_id")),
        sa.ForeignKeyConstraint(
            ["juror_id"], ["idea_juror.id"], name=op.f("fk_idea_jury_score_juror_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_jury_score")),
        sa.UniqueConstraint(
            "juror_id", "idea_id", name=op.f("uq_idea_jury_score_juror_id_idea_id")
        ),
    )
    op.create_index(
        op.f("ix_idea_jury_score_idea_id"), "idea_jury_score", ["idea_id"], unique=False
    )
    op.create_table(
        "idea_milestone",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_milestone_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_milestone")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_milestone_public_id")),
    )
    op.create_index(
        "ix_idea_milestone_idea_id_due_on", "idea_milestone", ["idea_id", "due_on"], unique=False
    )
    op.create_table(
        "idea_benefit_voice",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "benefit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idea_benefit_voice_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["benefit_id"], ["idea_benefit.id"], name=op.f("fk_idea_benefit_voice_benefit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_benefit_voice")),
        sa.UniqueConstraint(
            "benefit_id", "account_id", name=op.f("uq_idea_benefit_voice_benefit_id_account_id")
        ),
    )
    op.create_index(
        op.f("ix_idea_benefit_voice_account_id"), "idea_benefit_voice", ["account_id"], unique=False
    )
    op.create_table(
        "idea_data_delivery",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=160), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["idea_data_agreement.id"],
            name=op.f("fk_idea_data_delivery_agreement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_data_delivery")),
        sa.UniqueConstraint(
            "agreement_id",
            "period",
            "version",
            name=op.f("uq_idea_data_delivery_agreement_id_period_version"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_data_delivery_public_id")),
    )
    op.create_table(
        "idea_data_use",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["idea_data_delivery.id"], name=op.f("fk_idea_data_use_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_data_use")),
    )
    op.create_index(
        op.f("ix_idea_data_use_delivery_id"), "idea_data_use", ["delivery_id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_idea_data_use_delivery_id"), table_name="idea_data_use")
    op.drop_table("idea_data_use")
    op.drop_table("idea_data_delivery")
    op.drop_index(op.f("ix_idea_benefit_voice_account_id"), table_name="idea_benefit_voice")
    op.drop_table("idea_benefit_voice")
    op.drop_index("ix_idea_milestone_idea_id_due_on", table_name="idea_milestone")
    op.drop_table("idea_milestone")
    op.drop_index(op.f("ix_idea_jury_score_idea_id"), table_name="idea_jury_score")
    op.drop_table("idea_jury_score")
    op.drop_index(op.f("ix_idea_juror_conflict_idea_id"), table_name="idea_juror_conflict")
    op.drop_table("idea_juror_conflict")
    op.drop_index(op.f("ix_idea_data_agreement_idea_id"), table_name="idea_data_agreement")
    op.drop_table("idea_data_agreement")
    op.drop_index(op.f("ix_idea_benefit_idea_id"), table_name="idea_benefit")
    op.drop_index(op.f("ix_idea_benefit_author_id"), table_name="idea_benefit")
    op.drop_table("idea_benefit")
    op.drop_index(op.f("ix_idea_juror_account_id"), table_name="idea_juror")
    op.drop_table("idea_juror")
    op.drop_table("idea_jury")
