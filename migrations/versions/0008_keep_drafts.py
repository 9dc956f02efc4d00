"""Drafts of the citizen pages."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import Sealed, UTCDateTime

revision = "0008_keep_drafts"
down_revision = "0007_take_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "web_report_draft",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("content", Sealed("web draft"), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_report_draft")),
        sa.UniqueConstraint("public_id", name=op.f("uq_web_report_draft_public_id")),
    )
    op.create_index(
        op.f("ix_web_report_draft_browser_hash"), "web_report_draft", ["browser_hash"], unique=False
    )
    op.create_index(
        op.f("ix_web_report_draft_expires_at"), "web_report_draft", ["expires_at"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_web_report_draft_expires_at"), table_name="web_report_draft")
    op.drop_index(op.f("ix_web_report_draft_browser_hash"), table_name="web_report_draft")
    op.drop_table("web_report_draft")
