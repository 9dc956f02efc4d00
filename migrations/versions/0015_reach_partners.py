"""Partners elsewhere, what they offer, what was sent and what came back."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, Sealed, UTCDateTime

revision = "0015_reach_partners"
down_revision = "0014_learn_from_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "open311_partner",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("endpoint", sa.String(length=2000), nullable=True),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("jurisdiction", sa.String(length=120), nullable=True),
        sa.Column("api_key", Sealed("open311 partner"), nullable=True),
        sa.Column("photos", sa.String(length=10), nullable=False),
        sa.Column("sends_contact", sa.Boolean(), nullable=False),
        sa.Column("fallback", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("updates", sa.String(length=10), nullable=False),
        sa.Column("asked_until", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests_until", UTCDateTime(), nullable=True),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("error", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=True),
        sa.Column("checked_at", UTCDateTime(), nullable=True),
        sa.Column("heard_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["city_department.id"], name=op.f("fk_open311_partner_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open311_partner")),
        sa.UniqueConstraint("department_id", name=op.f("uq_open311_partner_department_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_open311_partner_public_id")),
    )
    op.create_table(
        "open311_dispatch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("report", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("error", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.String(length=300), nullable=True),
        sa.Column("code", sa.String(length=200), nullable=True),
        sa.Column("token", sa.String(length=200), nullable=True),
        sa.Column("remote_id", sa.String(length=200), nullable=True),
        sa.Column("seen", sa.String(length=64), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["open311_partner.id"], name=op.f("fk_open311_dispatch_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open311_dispatch")),
        sa.UniqueConstraint(
            "partner_id", "report", name=op.f("uq_open311_dispatch_partner_id_report")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_open311_dispatch_public_id")),
    )
    op.create_index(
        "ix_open311_dispatch_partner_id_remote_id",
        "open311_dispatch",
        ["partner_id", "remote_id"],
        unique=False,
    )
    op.create_index(
        "ix_open311_dispatch_partner_id_state_id",
        "open311_dispatch",
        ["partner_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_open311_dispatch_report"), "open311_dispatch", ["report"], unique=False
    )
    op.create_table(
        "open311_partner_mapping",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("answers", JSONDoc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["open311_partner.id"],
            name=op.f("fk_open311_partner_mapping_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["city_service.id"], name=op.f("fk_open311_partner_mapping_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open311_partner_mapping")),
        sa.UniqueConstraint(
            "partner_id",
            "service_id",
            name=op.f("uq_open311_partner_mapping_partner_id_service_id"),
        ),
    )
    op.create_table(
        "open311_partner_service",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("attributes", JSONDoc(), nullable=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["open311_partner.id"],
            name=op.f("fk_open311_partner_service_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open311_partner_service")),
        sa.UniqueConstraint(
            "partner_id", "code", name=op.f("uq_open311_partner_service_partner_id_code")
        ),
    )
    op.create_table(
        "open311_partner_update",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "dispatch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("update_id", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispatch_id"],
            ["open311_dispatch.id"],
            name=op.f("fk_open311_partner_update_dispatch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["open311_partner.id"],
            name=op.f("fk_open311_partner_update_partner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open311_partner_update")),
        sa.UniqueConstraint(
            "partner_id", "update_id", name=op.f("uq_open311_partner_update_partner_id_update_id")
        ),
    )
    op.create_index(
        op.f("ix_open311_partner_update_dispatch_id"),
        "open311_partner_update",
        ["dispatch_id"],
        unique=False,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(
        op.f("ix_open311_partner_update_dispatch_id"), table_name="open311_partner_update"
    )
    op.drop_table("open311_partner_update")
    op.drop_table("open311_partner_service")
    op.drop_table("open311_partner_mapping")
    op.drop_index(op.f("ix_open311_dispatch_report"), table_name="open311_dispatch")
    op.drop_index("ix_open311_dispatch_partner_id_state_id", table_name="open311_dispatch")
    op.drop_index("ix_open311_dispatch_partner_id_remote_id", table_name="open311_dispatch")
    op.drop_table("open311_dispatch")
    op.drop_table("open311_partner")
