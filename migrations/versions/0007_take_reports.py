"""Reports with what belongs to them, and their full text search."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, Sealed, UTCDateTime
from backend.reports.ddl import statements
from backend.reports.models import SearchDocument

revision = "0007_take_reports"
down_revision = "0006_bring_news"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "report_tally",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("domain", sa.String(length=4), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lon_sum", sa.Float(precision=53), nullable=False),
        sa.Column("lat_sum", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("level", "cell", "domain", "is_open", name=op.f("pk_report_tally")),
    )
    op.create_table(
        "report_tally_change",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("domain", sa.String(length=4), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=False),
        sa.Column("lat", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_tally_change")),
    )
    op.create_table(
        "report",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("client_time", UTCDateTime(), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column(
            "service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("domain", sa.String(length=4), nullable=True),
        sa.Column("component", sa.String(length=10), nullable=True),
        sa.Column("placed_by", sa.String(length=8), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("area", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=True),
        sa.Column("judged_by", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("forwarded_to", sa.String(length=200), nullable=True),
        sa.Column(
            "duplicate_of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        sa.Column("updates", sa.Integer(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("photo", sa.String(length=16), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.String(length=80), nullable=True),
        sa.Column("return_hash", sa.String(length=64), nullable=True),
        sa.Column("answers", JSONDoc(), nullable=True),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("search", SearchDocument().with_variant(sa.Text(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["city_department.id"], name=op.f("fk_report_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["city_district.id"], name=op.f("fk_report_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["report.id"], name=op.f("fk_report_duplicate_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["city_service.id"], name=op.f("fk_report_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_public_id")),
    )
    op.create_index(
        "ix_report_area_created_at_id", "report", ["area", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_report_place",
        "report",
        ["cell", "created_at", "id", "lon", "lat", "visibility"],
        unique=False,
    )
    op.create_index(
        "ix_report_component_created_at_id",
        "report",
        ["component", "created_at", "id"],
        unique=False,
    )
    op.create_index("ix_report_created_at_id", "report", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_report_department_id_created_at_id",
        "report",
        ["department_id", "created_at", "id"],
        unique=False,
    )
    for name, columns in (
        ("ix_report_open", ["created_at", "id"]),
        ("ix_report_open_cell", ["cell", "created_at", "id"]),
        ("ix_report_desk", ["department_id", "created_at", "id"]),
    ):
        op.create_index(
            name,
            "report",
            columns,
            unique=False,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
    op.create_index(
        "ix_report_district_id_created_at_id",
        "report",
        ["district_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_report_domain_created_at_id", "report", ["domain", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_report_duplicate_of_id",
        "report",
        ["duplicate_of_id"],
        unique=False,
        postgresql_where=sa.text("duplicate_of_id IS NOT NULL"),
        sqlite_where=sa.text("duplicate_of_id IS NOT NULL"),
    )
    op.create_index(
        "ix_report_mine",
        "report",
        ["reporter_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("reporter_id IS NOT NULL"),
        sqlite_where=sa.text("reporter_id IS NOT NULL"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_report_search", "report", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_report_service_id_created_at_id",
        "report",
        ["service_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_report_status_created_at_id", "report", ["status", "created_at", "id"], unique=False
    )
    op.create_index(
        "uq_report_return_hash",
        "report",
        ["return_hash"],
        unique=True,
        postgresql_where=sa.text("return_hash IS NOT NULL"),
        sqlite_where=sa.text("return_hash IS NOT NULL"),
    )
    op.create_index(
        "uq_report_source",
        "report",
        ["source", "source_id"],
        unique=True,
        postgresql_where=sa.text("source IS NOT NULL"),
        sqlite_where=sa.text("source IS NOT NULL"),
    )
    op.create_table(
        "report_confirmation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "merged_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_from"], ["report.id"], name=op.f("fk_report_confirmation_merged_from")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_confirmation_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_confirmation")),
        sa.UniqueConstraint("report_id", "who", name=op.f("uq_report_confirmation_report_id_who")),
    )
    op.create_index(
        op.f("ix_report_confirmation_account_id"),
        "report_confirmation",
        ["account_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_report_confirmation_who"), "report_confirmation", ["who"], unique=False
    )
    op.create_table(
        "report_contact",
        sa.Column(
            "report_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", Sealed("report contact"), nullable=True),
        sa.Column("email", Sealed("report contact"), nullable=True),
        sa.Column("phone", Sealed("report contact"), nullable=True),
        sa.Column("email_mac", sa.String(length=64), nullable=True),
        sa.Column("phone_mac", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("wants_news", sa.Boolean(), nullable=False),
        sa.Column("return_secret", Sealed("report contact"), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_contact_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_contact")),
    )
    op.create_index(
        op.f("ix_report_contact_email_mac"), "report_contact", ["email_mac"], unique=False
    )
    op.create_index(
        op.f("ix_report_contact_phone_mac"), "report_contact", ["phone_mac"], unique=False
    )
    op.create_table(
        "report_dispute",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_dispute_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_dispute")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_dispute_public_id")),
    )
    op.create_index(
        op.f("ix_report_dispute_account_id"), "report_dispute", ["account_id"], unique=False
    )
    op.create_index(
        "ix_report_dispute_report_id_id", "report_dispute", ["report_id", "id"], unique=False
    )
    op.create_index(op.f("ix_report_dispute_state"), "report_dispute", ["state"], unique=False)
    op.create_table(
        "report_satisfaction",
        sa.Column(
            "report_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_satisfaction_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_satisfaction")),
    )
    op.create_table(
        "report_status_change",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("old", sa.String(length=24), nullable=True),
        sa.Column("new", sa.String(length=24), nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["city_department.id"],
            name=op.f("fk_report_status_change_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_status_change_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_status_change")),
    )
    op.create_index(
        "ix_report_status_change_at_id", "report_status_change", ["at", "id"], unique=False
    )
    op.create_index(
        "ix_report_status_change_report_id_id",
        "report_status_change",
        ["report_id", "id"],
        unique=False,
    )
    op.create_table(
        "report_update",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_update_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_update")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_update_public_id")),
    )
    op.create_index(
        op.f("ix_report_update_author_id"), "report_update", ["author_id"], unique=False
    )
    op.create_index(
        "ix_report_update_report_id_id", "report_update", ["report_id", "id"], unique=False
    )
    for statement in statements("create", op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Take them away again."""
    for statement in statements("drop", op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", r"\:")))
    op.drop_index("ix_report_update_report_id_id", table_name="report_update")
    op.drop_index(op.f("ix_report_update_author_id"), table_name="report_update")
    op.drop_table("report_update")
    op.drop_index("ix_report_status_change_report_id_id", table_name="report_status_change")
    op.drop_index("ix_report_status_change_at_id", table_name="report_status_change")
    op.drop_table("report_status_change")
    op.drop_table("report_satisfaction")
    op.drop_index(op.f("ix_report_dispute_state"), table_name="report_dispute")
    op.drop_index("ix_report_dispute_report_id_id", table_name="report_dispute")
    op.drop_index(op.f("ix_report_dispute_account_id"), table_name="report_dispute")
    op.drop_table("report_dispute")
    op.drop_index(op.f("ix_report_contact_phone_mac"), table_name="report_contact")
    op.drop_index(op.f("ix_report_contact_email_mac"), table_name="report_contact")
    op.drop_table("report_contact")
    op.drop_index(op.f("ix_report_confirmation_who"), table_name="report_confirmation")
    op.drop_index(op.f("ix_report_confirmation_account_id"), table_name="report_confirmation")
    op.drop_table("report_confirmation")
    op.drop_index(
        "uq_report_source",
        table_name="report",
        postgresql_where=sa.text("source IS NOT NULL"),
        sqlite_where=sa.text("source IS NOT NULL"),
    )
    op.drop_index(
        "uq_report_return_hash",
        table_name="report",
        postgresql_where=sa.text("return_hash IS NOT NULL"),
        sqlite_where=sa.text("return_hash IS NOT NULL"),
    )
    op.drop_index("ix_report_status_created_at_id", table_name="report")
    op.drop_index("ix_report_service_id_created_at_id", table_name="report")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_report_search", table_name="report", postgresql_using="gin")
    op.drop_index(
        "ix_report_mine",
        table_name="report",
        postgresql_where=sa.text("reporter_id IS NOT NULL"),
        sqlite_where=sa.text("reporter_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_report_duplicate_of_id",
        table_name="report",
        postgresql_where=sa.text("duplicate_of_id IS NOT NULL"),
        sqlite_where=sa.text("duplicate_of_id IS NOT NULL"),
    )
    op.drop_index("ix_report_domain_created_at_id", table_name="report")
    op.drop_index("ix_report_district_id_created_at_id", table_name="report")
    for name in ("ix_report_desk", "ix_report_open_cell", "ix_report_open"):
        op.drop_index(
            name,
            table_name="report",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
    op.drop_index("ix_report_department_id_created_at_id", table_name="report")
    op.drop_index("ix_report_created_at_id", table_name="report")
    op.drop_index("ix_report_component_created_at_id", table_name="report")
    op.drop_index("ix_report_place", table_name="report")
    op.drop_index("ix_report_area_created_at_id", table_name="report")
    op.drop_table("report")
    op.drop_table("report_tally_change")
    op.drop_table("report_tally")
