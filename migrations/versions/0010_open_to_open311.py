"""What Open311 senders were given, how services answer them, and reports by their last change."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import UTCDateTime

revision = "0010_open_to_open311"
down_revision = "0009_hold_competitions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the index."""
    op.create_table(
        "open311_receipt",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sender_id", sa.String(length=80), nullable=True),
        sa.Column("report", sa.String(length=16), nullable=True),
        sa.Column("update_id", sa.String(length=16), nullable=True),
        sa.Column("token", sa.String(length=26), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open311_receipt")),
        sa.UniqueConstraint(
            "sender", "kind", "sender_id", name=op.f("uq_open311_receipt_sender_kind_sender_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_open311_receipt_token")),
    )
    op.create_index("ix_open311_receipt_report", "open311_receipt", ["report"], unique=False)
    op.create_table(
        "open311_way",
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_open311_way")),
    )
    op.create_index("ix_report_updated_at_id", "report", ["updated_at", "id"], unique=False)
    op.create_index(
        "ix_report_update_created_at_id", "report_update", ["created_at", "id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_report_update_created_at_id", table_name="report_update")
    op.drop_index("ix_report_updated_at_id", table_name="report")
    op.drop_table("open311_way")
    op.drop_index("ix_open311_receipt_report", table_name="open311_receipt")
    op.drop_table("open311_receipt")
