"""Competitions with their editions and phases, problems, ideas, and what is said of them."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, UTCDateTime

revision = "0009_hold_competitions"
down_revision = "0008_keep_drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "competition",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.Column("description", JSONDoc(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition")),
        sa.UniqueConstraint("public_id", name=op.f("uq_competition_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_competition_slug")),
    )
    op.create_table(
        "competition_edition",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "competition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "copied_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.Column("summary", JSONDoc(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("largest_cost", sa.BigInteger(), nullable=True),
        sa.Column("smallest_cost", sa.BigInteger(), nullable=True),
        sa.Column("endorsements_needed", sa.Integer(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("pots", JSONDoc(), nullable=True),
        sa.Column("ballot", JSONDoc(), nullable=True),
        sa.Column("rule", JSONDoc(), nullable=True),
        sa.Column("rules_digest", sa.String(length=64), nullable=True),
        sa.Column("rules_frozen_at", UTCDateTime(), nullable=True),
        sa.Column("ideas_numbered", sa.Integer(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_competition_edition_competition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id"],
            ["competition_edition.id"],
            name=op.f("fk_competition_edition_copied_from_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_edition")),
        sa.UniqueConstraint("public_id", name=op.f("uq_competition_edition_public_id")),
    )
    op.create_index(
        "ix_competition_edition_competition_id_year",
        "competition_edition",
        ["competition_id", "year"],
        unique=False,
    )
    op.create_table(
        "competition_phase",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("who", JSONDoc(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("held_back", JSONDoc(), nullable=True),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["competition_edition.id"], name=op.f("fk_competition_phase_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_phase")),
        sa.UniqueConstraint(
            "edition_id", "kind", name=op.f("uq_competition_phase_edition_id_kind")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_competition_phase_public_id")),
    )
    op.create_index(
        "ix_competition_phase_state_starts_at",
        "competition_phase",
        ["state", "starts_at"],
        unique=False,
    )
    op.create_table(
        "idea_joining",
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
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", JSONDoc(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["competition_edition.id"], name=op.f("fk_idea_joining_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_joining")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_joining_public_id")),
    )
    op.create_index(
        "ix_idea_joining_edition_id_state", "idea_joining", ["edition_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_idea_joining_proposed_by_id"), "idea_joining", ["proposed_by_id"], unique=False
    )
    op.create_table(
        "problem",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("groups", JSONDoc(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("signature", sa.String(length=80), nullable=True),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("domain", sa.String(length=4), nullable=True),
        sa.Column("component", sa.String(length=10), nullable=True),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("ideas", sa.Integer(), nullable=False),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["city_district.id"], name=op.f("fk_problem_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["competition_edition.id"], name=op.f("fk_problem_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
        sa.UniqueConstraint("public_id", name=op.f("uq_problem_public_id")),
    )
    op.create_index(op.f("ix_problem_author_id"), "problem", ["author_id"], unique=False)
    op.create_index(
        "ix_problem_edition_id_state_id", "problem", ["edition_id", "state", "id"], unique=False
    )
    op.create_table(
        "competition_phase_change",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("phase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("old_starts_at", UTCDateTime(), nullable=True),
        sa.Column("old_ends_at", UTCDateTime(), nullable=True),
        sa.Column("new_starts_at", UTCDateTime(), nullable=True),
        sa.Column("new_ends_at", UTCDateTime(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["competition_edition.id"],
            name=op.f("fk_competition_phase_change_edition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["phase_id"],
            ["competition_phase.id"],
            name=op.f("fk_competition_phase_change_phase_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_phase_change")),
    )
    op.create_index(
        "ix_competition_phase_change_edition_id_id",
        "competition_phase_change",
        ["edition_id", "id"],
        unique=False,
    )
    op.create_table(
        "idea",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("signature", sa.String(length=80), nullable=True),
        sa.Column("is_minor", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("estimate", sa.BigInteger(), nullable=True),
        sa.Column("estimate_lines", JSONDoc(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("domain", sa.String(length=4), nullable=True),
        sa.Column("component", sa.String(length=10), nullable=True),
        sa.Column("placed_by", sa.String(length=8), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("contents", sa.Integer(), nullable=False),
        sa.Column("endorsements", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("photo", sa.String(length=16), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("proposed_at", UTCDateTime(), nullable=True),
        sa.Column("endorsed_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["city_district.id"], name=op.f("fk_idea_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["competition_edition.id"], name=op.f("fk_idea_edition_id")
        ),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_idea_problem_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_idea_edition_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_public_id")),
    )
    op.create_index("ix_idea_author_id", "idea", ["author_id"], unique=False)
    op.create_index(op.f("ix_idea_district_id"), "idea", ["district_id"], unique=False)
    op.create_index(
        "ix_idea_edition_id_state_id", "idea", ["edition_id", "state", "id"], unique=False
    )
    op.create_index("ix_idea_problem_id", "idea", ["problem_id"], unique=False)
    op.create_table(
        "problem_evidence",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_problem_evidence_problem_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_problem_evidence_public_id")),
    )
    op.create_index(
        op.f("ix_problem_evidence_author_id"), "problem_evidence", ["author_id"], unique=False
    )
    op.create_index(
        "ix_problem_evidence_problem_id_id", "problem_evidence", ["problem_id", "id"], unique=False
    )
    op.create_table(
        "problem_report",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("report", sa.String(length=16), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_problem_report_problem_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_report")),
        sa.UniqueConstraint(
            "problem_id", "report", name=op.f("uq_problem_report_problem_id_report")
        ),
    )
    op.create_index(op.f("ix_problem_report_report"), "problem_report", ["report"], unique=False)
    op.create_table(
        "problem_support",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("affected", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_problem_support_problem_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_support")),
        sa.UniqueConstraint("problem_id", "who", name=op.f("uq_problem_support_problem_id_who")),
    )
    op.create_index(
        op.f("ix_problem_support_account_id"), "problem_support", ["account_id"], unique=False
    )
    op.create_table(
        "idea_comment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("signature", sa.String(length=80), nullable=True),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("useful", sa.Integer(), nullable=False),
        sa.Column("useless", sa.Integer(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_comment_idea_id")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["idea_comment.id"], name=op.f("fk_idea_comment_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_comment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_comment_public_id")),
    )
    op.create_index(op.f("ix_idea_comment_author_id"), "idea_comment", ["author_id"], unique=False)
    op.create_index("ix_idea_comment_idea_id_id", "idea_comment", ["idea_id", "id"], unique=False)
    op.create_table(
        "idea_endorsement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column(
            "carried_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carried_from_id"], ["idea.id"], name=op.f("fk_idea_endorsement_carried_from_id")
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_endorsement_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_endorsement")),
        sa.UniqueConstraint("idea_id", "who", name=op.f("uq_idea_endorsement_idea_id_who")),
    )
    op.create_index(
        op.f("ix_idea_endorsement_account_id"), "idea_endorsement", ["account_id"], unique=False
    )
    op.create_table(
        "idea_feasibility",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("contents", sa.Integer(), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("yearly_cost", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("assessor_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("appeal_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["city_department.id"],
            name=op.f("fk_idea_feasibility_department_id"),
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_feasibility_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_feasibility")),
        sa.UniqueConstraint("idea_id", "round", name=op.f("uq_idea_feasibility_idea_id_round")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_feasibility_public_id")),
    )
    op.create_index(
        op.f("ix_idea_feasibility_assessor_id"), "idea_feasibility", ["assessor_id"], unique=False
    )
    op.create_index(
        "ix_idea_feasibility_department_id_decided_at",
        "idea_feasibility",
        ["department_id", "decided_at"],
        unique=False,
    )
    op.create_table(
        "idea_joining_part",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "joining_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("consent", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_joining_part_idea_id")
        ),
        sa.ForeignKeyConstraint(
            ["joining_id"], ["idea_joining.id"], name=op.f("fk_idea_joining_part_joining_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_joining_part")),
        sa.UniqueConstraint(
            "joining_id", "idea_id", name=op.f("uq_idea_joining_part_joining_id_idea_id")
        ),
    )
    op.create_index(
        op.f("ix_idea_joining_part_answered_by_id"),
        "idea_joining_part",
        ["answered_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_idea_joining_part_idea_id"), "idea_joining_part", ["idea_id"], unique=False
    )
    op.create_table(
        "idea_lineage",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["idea.id"], name=op.f("fk_idea_lineage_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["idea.id"], name=op.f("fk_idea_lineage_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_lineage")),
        sa.UniqueConstraint("from_id", "to_id", name=op.f("uq_idea_lineage_from_id_to_id")),
    )
    op.create_index(op.f("ix_idea_lineage_to_id"), "idea_lineage", ["to_id"], unique=False)
    op.create_table(
        "idea_member",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("signature", sa.String(length=80), nullable=True),
        sa.Column("invitation_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_member_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_member")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_idea_member_invitation_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_member_public_id")),
    )
    op.create_index(op.f("ix_idea_member_account_id"), "idea_member", ["account_id"], unique=False)
    op.create_index("ix_idea_member_idea_id", "idea_member", ["idea_id"], unique=False)
    op.create_table(
        "idea_version",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("estimate", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_version_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_version")),
        sa.UniqueConstraint("idea_id", "number", name=op.f("uq_idea_version_idea_id_number")),
    )
    op.create_index(op.f("ix_idea_version_author_id"), "idea_version", ["author_id"], unique=False)
    op.create_table(
        "idea_appeal",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("check_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["idea_feasibility.id"], name=op.f("fk_idea_appeal_check_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_appeal")),
        sa.UniqueConstraint("check_id", name=op.f("uq_idea_appeal_check_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_idea_appeal_public_id")),
    )
    op.create_index(op.f("ix_idea_appeal_author_id"), "idea_appeal", ["author_id"], unique=False)
    op.create_table(
        "idea_comment_vote",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["idea_comment.id"], name=op.f("fk_idea_comment_vote_comment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_comment_vote")),
        sa.UniqueConstraint(
            "comment_id", "who", "kind", name=op.f("uq_idea_comment_vote_comment_id_who_kind")
        ),
    )
    op.create_index(
        op.f("ix_idea_comment_vote_account_id"), "idea_comment_vote", ["account_id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_idea_comment_vote_account_id"), table_name="idea_comment_vote")
    op.drop_table("idea_comment_vote")
    op.drop_index(op.f("ix_idea_appeal_author_id"), table_name="idea_appeal")
    op.drop_table("idea_appeal")
    op.drop_index(op.f("ix_idea_version_author_id"), table_name="idea_version")
    op.drop_table("idea_version")
    op.drop_index("ix_idea_member_idea_id", table_name="idea_member")
    op.drop_index(op.f("ix_idea_member_account_id"), table_name="idea_member")
    op.drop_table("idea_member")
    op.drop_index(op.f("ix_idea_lineage_to_id"), table_name="idea_lineage")
    op.drop_table("idea_lineage")
    op.drop_index(op.f("ix_idea_joining_part_idea_id"), table_name="idea_joining_part")
    op.drop_index(op.f("ix_idea_joining_part_answered_by_id"), table_name="idea_joining_part")
    op.drop_table("idea_joining_part")
    op.drop_index("ix_idea_feasibility_department_id_decided_at", table_name="idea_feasibility")
    op.drop_index(op.f("ix_idea_feasibility_assessor_id"), table_name="idea_feasibility")
    op.drop_table("idea_feasibility")
    op.drop_index(op.f("ix_idea_endorsement_account_id"), table_name="idea_endorsement")
    op.drop_table("idea_endorsement")
    op.drop_index("ix_idea_comment_idea_id_id", table_name="idea_comment")
    op.drop_index(op.f("ix_idea_comment_author_id"), table_name="idea_comment")
    op.drop_table("idea_comment")
    op.drop_index(op.f("ix_problem_support_account_id"), table_name="problem_support")
    op.drop_table("problem_support")
    op.drop_index(op.f("ix_problem_report_report"), table_name="problem_report")
    op.drop_table("problem_report")
    op.drop_index("ix_problem_evidence_problem_id_id", table_name="problem_evidence")
    op.drop_index(op.f("ix_problem_evidence_author_id"), table_name="problem_evidence")
    op.drop_table("problem_evidence")
    op.drop_index("ix_idea_problem_id", table_name="idea")
    op.drop_index("ix_idea_edition_id_state_id", table_name="idea")
    op.drop_index(op.f("ix_idea_district_id"), table_name="idea")
    op.drop_index("ix_idea_author_id", table_name="idea")
    op.drop_table("idea")
    op.drop_index(
        "ix_competition_phase_change_edition_id_id", table_name="competition_phase_change"
    )
    op.drop_table("competition_phase_change")
    op.drop_index("ix_problem_edition_id_state_id", table_name="problem")
    op.drop_index(op.f("ix_problem_author_id"), table_name="problem")
    op.drop_table("problem")
    op.drop_index(op.f("ix_idea_joining_proposed_by_id"), table_name="idea_joining")
    op.drop_index("ix_idea_joining_edition_id_state", table_name="idea_joining")
    op.drop_table("idea_joining")
    op.drop_index("ix_competition_phase_state_starts_at", table_name="competition_phase")
    op.drop_table("competition_phase")
    op.drop_index("ix_competition_edition_competition_id_year", table_name="competition_edition")
    op.drop_table("competition_edition")
    op.drop_table("competition")
