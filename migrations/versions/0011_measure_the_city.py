"""Indicators: values, series, registers, plans, audits and statements."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, UTCDateTime

revision = "0011_measure_the_city"
down_revision = "0010_open_to_open311"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "indicator_audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", JSONDoc(), nullable=True),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("checked_by", sa.String(length=60), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("verified_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_audit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_audit_public_id")),
    )
    op.create_index(op.f("ix_indicator_audit_period"), "indicator_audit", ["period"], unique=False)
    op.create_table(
        "indicator_import",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.String(length=60), nullable=False),
        sa.Column("imported_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_import_public_id")),
    )
    op.create_table(
        "indicator_participation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("attribute", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("content", JSONDoc(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("computed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_participation")),
        sa.UniqueConstraint(
            "period",
            "attribute",
            "revision",
            name=op.f("uq_indicator_participation_period_attribute_revision"),
        ),
    )
    op.create_table(
        "indicator_project",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.Column("component", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("invested", sa.Float(precision=53), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("equipment", sa.Text(), nullable=True),
        sa.Column("results", sa.Text(), nullable=True),
        sa.Column("evidence", sa.String(length=300), nullable=True),
        sa.Column("started", sa.String(length=10), nullable=True),
        sa.Column("finished", sa.String(length=10), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_project")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_project_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_project_public_id")),
    )
    op.create_index(
        op.f("ix_indicator_project_component"), "indicator_project", ["component"], unique=False
    )
    op.create_table(
        "indicator_public_service",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.Column("component", sa.String(length=10), nullable=False),
        sa.Column("online", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("requests_year", sa.Integer(), nullable=True),
        sa.Column("online_share", sa.Float(precision=53), nullable=True),
        sa.Column("satisfaction", sa.Float(precision=53), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_public_service")),
        sa.UniqueConstraint("code", name=op.f("uq_indicator_public_service_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_public_service_public_id")),
    )
    op.create_index(
        op.f("ix_indicator_public_service_component"),
        "indicator_public_service",
        ["component"],
        unique=False,
    )
    op.create_table(
        "indicator_run",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("periods", JSONDoc(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_run_public_id")),
    )
    op.create_table(
        "indicator_statement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_statement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_statement_public_id")),
    )
    op.create_index(
        op.f("ix_indicator_statement_period"), "indicator_statement", ["period"], unique=False
    )
    op.create_table(
        "indicator_target",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("profile", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_target")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_target_public_id")),
    )
    op.create_index("ix_indicator_target_code_id", "indicator_target", ["code", "id"], unique=False)
    op.create_table(
        "indicator_watch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("above", sa.Float(precision=53), nullable=True),
        sa.Column("below", sa.Float(precision=53), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_watch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_watch_public_id")),
    )
    op.create_index(op.f("ix_indicator_watch_series"), "indicator_watch", ["series"], unique=False)
    op.create_table(
        "opendata_version",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("dataset", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opendata_version")),
        sa.UniqueConstraint("dataset", "number", name=op.f("uq_opendata_version_dataset_number")),
    )
    op.create_table(
        "indicator_alert",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=True),
        sa.Column("seen_by", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["indicator_watch.id"], name=op.f("fk_indicator_alert_watch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_alert")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_alert_public_id")),
        sa.UniqueConstraint("watch_id", "period", name=op.f("uq_indicator_alert_watch_id_period")),
    )
    op.create_table(
        "indicator_audit_evidence",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("added_by", sa.String(length=60), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["indicator_audit.id"], name=op.f("fk_indicator_audit_evidence_audit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_audit_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_audit_evidence_public_id")),
    )
    op.create_index(
        op.f("ix_indicator_audit_evidence_audit_id"),
        "indicator_audit_evidence",
        ["audit_id"],
        unique=False,
    )
    op.create_table(
        "indicator_audit_question",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["indicator_audit.id"], name=op.f("fk_indicator_audit_question_audit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_audit_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_indicator_audit_question_public_id")),
    )
    op.create_index(
        op.f("ix_indicator_audit_question_audit_id"),
        "indicator_audit_question",
        ["audit_id"],
        unique=False,
    )
    op.create_table(
        "indicator_series_point",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("series", sa.String(length=60), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("flags", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["indicator_import.id"], name=op.f("fk_indicator_series_point_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_series_point")),
        sa.UniqueConstraint(
            "series", "city", "period", name=op.f("uq_indicator_series_point_series_city_period")
        ),
    )
    op.create_index(
        op.f("ix_indicator_series_point_import_id"),
        "indicator_series_point",
        ["import_id"],
        unique=False,
    )
    op.create_table(
        "indicator_value",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("profile", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("score", sa.Float(precision=53), nullable=True),
        sa.Column("low", sa.Float(precision=53), nullable=True),
        sa.Column("high", sa.Float(precision=53), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("coverage", sa.Float(precision=53), nullable=True),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("flags", sa.String(length=20), nullable=True),
        sa.Column("provenance", sa.String(length=30), nullable=True),
        sa.Column("source_period", sa.String(length=10), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("computed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["indicator_run.id"], name=op.f("fk_indicator_value_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_value")),
        sa.UniqueConstraint(
            "code",
            "profile",
            "period",
            "district",
            "revision",
            name=op.f("uq_indicator_value_code_profile_period_district_revision"),
        ),
    )
    op.create_index(
        "ix_indicator_value_current",
        "indicator_value",
        ["is_current", "period", "code"],
        unique=False,
    )
    op.create_index(op.f("ix_indicator_value_run_id"), "indicator_value", ["run_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_indicator_value_run_id"), table_name="indicator_value")
    op.drop_index("ix_indicator_value_current", table_name="indicator_value")
    op.drop_table("indicator_value")
    op.drop_index(op.f("ix_indicator_series_point_import_id"), table_name="indicator_series_point")
    op.drop_table("indicator_series_point")
    op.drop_index(
        op.f("ix_indicator_audit_question_audit_id"), table_name="indicator_audit_question"
    )
    op.drop_table("indicator_audit_question")
    op.drop_index(
        op.f("ix_indicator_audit_evidence_audit_id"), table_name="indicator_audit_evidence"
    )
    op.drop_table("indicator_audit_evidence")
    op.drop_table("indicator_alert")
    op.drop_table("opendata_version")
    op.drop_index(op.f("ix_indicator_watch_series"), table_name="indicator_watch")
    op.drop_table("indicator_watch")
    op.drop_index("ix_indicator_target_code_id", table_name="indicator_target")
    op.drop_table("indicator_target")
    op.drop_index(op.f("ix_indicator_statement_period"), table_name="indicator_statement")
    op.drop_table("indicator_statement")
    op.drop_table("indicator_run")
    op.drop_index(
        op.f("ix_indicator_public_service_component"), table_name="indicator_public_service"
    )
    op.drop_table("indicator_public_service")
    op.drop_index(op.f("ix_indicator_project_component"), table_name="indicator_project")
    op.drop_table("indicator_project")
    op.drop_table("indicator_participation")
    op.drop_table("indicator_import")
    op.drop_index(op.f("ix_indicator_audit_period"), table_name="indicator_audit")
    op.drop_table("indicator_audit")
