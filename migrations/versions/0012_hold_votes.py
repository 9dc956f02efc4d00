"""Votes: marks, ballots, codes, paper and counts."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, Sealed, UTCDateTime

revision = "0012_hold_votes"
down_revision = "0011_measure_the_city"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "idea_vote",
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
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opens_at", UTCDateTime(), nullable=True),
        sa.Column("closes_at", UTCDateTime(), nullable=True),
        sa.Column("ballot", JSONDoc(), nullable=True),
        sa.Column("pots", JSONDoc(), nullable=True),
        sa.Column("voters", JSONDoc(), nullable=True),
        sa.Column("rule", JSONDoc(), nullable=True),
        sa.Column("manifest", JSONDoc(), nullable=True),
        sa.Column("manifest_hash", sa.String(length=64), nullable=True),
        sa.Column("mark_key", Sealed("vote.keys"), nullable=True),
        sa.Column("link_key", Sealed("vote.keys"), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("objections_until", UTCDateTime(), nullable=True),
        sa.Column(
            "destruction_asked_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("destroyed_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destruction_asked_by"], ["account.id"], name=op.f("fk_idea_vote_destruction_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["competition_edition.id"], name=op.f("fk_idea_vote_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_vote")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_idea_vote_edition_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_vote_public_id")),
    )
    op.create_table(
        "idea_ballot",
        sa.Column("tracker", sa.String(length=26), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_ballot_vote_id")),
        sa.PrimaryKeyConstraint("tracker", name=op.f("pk_idea_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_idea_ballot_vote_id"), "idea_ballot", ["vote_id"], unique=False)
    op.create_table(
        "idea_ballot_struck",
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_ballot_struck_vote_id")
        ),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_idea_ballot_struck")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_idea_ballot_struck_vote_id"), "idea_ballot_struck", ["vote_id"], unique=False
    )
    op.create_table(
        "idea_count",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("result", JSONDoc(), nullable=True),
        sa.Column("signals", JSONDoc(), nullable=True),
        sa.Column("package", sa.String(length=160), nullable=True),
        sa.Column("package_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_count_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_count")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_count_public_id")),
    )
    op.create_index("ix_idea_count_vote", "idea_count", ["vote_id", "number"], unique=True)
    op.create_table(
        "idea_count_objection",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_due", UTCDateTime(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idea_count_objection_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_count_objection_vote_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_count_objection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_count_objection_public_id")),
    )
    op.create_index(
        op.f("ix_idea_count_objection_account_id"),
        "idea_count_objection",
        ["account_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_idea_count_objection_vote_id"), "idea_count_objection", ["vote_id"], unique=False
    )
    op.create_table(
        "idea_paper_batch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("first_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("second_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("blank", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_by"], ["account.id"], name=op.f("fk_idea_paper_batch_first_by")
        ),
        sa.ForeignKeyConstraint(
            ["second_by"], ["account.id"], name=op.f("fk_idea_paper_batch_second_by")
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_paper_batch_vote_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_paper_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_paper_batch_public_id")),
    )
    op.create_index(
        op.f("ix_idea_paper_batch_vote_id"), "idea_paper_batch", ["vote_id"], unique=False
    )
    op.create_table(
        "idea_vote_code_batch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_idea_vote_code_batch_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_vote_code_batch_vote_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_vote_code_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_vote_code_batch_public_id")),
    )
    op.create_index(
        op.f("ix_idea_vote_code_batch_vote_id"), "idea_vote_code_batch", ["vote_id"], unique=False
    )
    op.create_table(
        "idea_vote_mark",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("hour", UTCDateTime(), nullable=False),
        sa.Column("handle", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_vote_mark_vote_id")
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_idea_vote_mark")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_idea_vote_mark_vote_id"), "idea_vote_mark", ["vote_id"], unique=False)
    op.create_table(
        "idea_vote_unfinished",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idea_vote_unfinished_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_vote_unfinished_vote_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_vote_unfinished")),
        sa.UniqueConstraint(
            "vote_id", "account_id", name=op.f("uq_idea_vote_unfinished_vote_id_account_id")
        ),
    )
    op.create_index(
        op.f("ix_idea_vote_unfinished_account_id"),
        "idea_vote_unfinished",
        ["account_id"],
        unique=False,
    )
    op.create_table(
        "idea_paper_sheet",
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pass_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["idea_paper_batch.id"], name=op.f("fk_idea_paper_sheet_batch_id")
        ),
        sa.PrimaryKeyConstraint(
            "batch_id", "pass_number", "sheet", name=op.f("pk_idea_paper_sheet")
        ),
    )
    op.create_table(
        "idea_vote_code",
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["idea_vote_code_batch.id"], name=op.f("fk_idea_vote_code_batch_id")
        ),
        sa.PrimaryKeyConstraint("code_mac", name=op.f("pk_idea_vote_code")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_idea_vote_code_batch_id"), "idea_vote_code", ["batch_id"], unique=False
    )
    op.create_table(
        "idea_vote_option",
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idea", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("cost", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pot", sa.String(length=40), nullable=False),
        sa.Column("categories", JSONDoc(), nullable=False),
        sa.Column("exclusion", sa.String(length=40), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_vote_option_idea_id")),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["idea_vote.id"], name=op.f("fk_idea_vote_option_vote_id")
        ),
        sa.PrimaryKeyConstraint("vote_id", "number", name=op.f("pk_idea_vote_option")),
        sa.UniqueConstraint("vote_id", "idea_id", name=op.f("uq_idea_vote_option_vote_id_idea_id")),
    )
    op.create_index(
        op.f("ix_idea_vote_option_idea_id"), "idea_vote_option", ["idea_id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_idea_vote_option_idea_id"), table_name="idea_vote_option")
    op.drop_table("idea_vote_option")
    op.drop_index(op.f("ix_idea_vote_code_batch_id"), table_name="idea_vote_code")
    op.drop_table("idea_vote_code")
    op.drop_table("idea_paper_sheet")
    op.drop_index(op.f("ix_idea_vote_unfinished_account_id"), table_name="idea_vote_unfinished")
    op.drop_table("idea_vote_unfinished")
    op.drop_index(op.f("ix_idea_vote_mark_vote_id"), table_name="idea_vote_mark")
    op.drop_table("idea_vote_mark")
    op.drop_index(op.f("ix_idea_vote_code_batch_vote_id"), table_name="idea_vote_code_batch")
    op.drop_table("idea_vote_code_batch")
    op.drop_index(op.f("ix_idea_paper_batch_vote_id"), table_name="idea_paper_batch")
    op.drop_table("idea_paper_batch")
    op.drop_index(op.f("ix_idea_count_objection_vote_id"), table_name="idea_count_objection")
    op.drop_index(op.f("ix_idea_count_objection_account_id"), table_name="idea_count_objection")
    op.drop_table("idea_count_objection")
    op.drop_index("ix_idea_count_vote", table_name="idea_count")
    op.drop_table("idea_count")
    op.drop_index(op.f("ix_idea_ballot_struck_vote_id"), table_name="idea_ballot_struck")
    op.drop_table("idea_ballot_struck")
    op.drop_index(op.f("ix_idea_ballot_vote_id"), table_name="idea_ballot")
    op.drop_table("idea_ballot")
    op.drop_table("idea_vote")
