"""Photos."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, UTCDateTime

revision = "0003_keep_photos"
down_revision = "0002_found_the_city"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "photo",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("target_kind", sa.String(length=30), nullable=True),
        sa.Column("target_id", sa.String(length=40), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("folder", sa.String(length=80), nullable=False),
        sa.Column("sizes", JSONDoc(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("hidden_reason", sa.String(length=200), nullable=True),
        sa.Column("description", sa.String(length=300), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_photo_public_id")),
    )
    op.create_index(op.f("ix_photo_owner"), "photo", ["owner"], unique=False)
    op.create_index(
        "ix_photo_target", "photo", ["target_kind", "target_id", "position"], unique=False
    )
    op.create_index("ix_photo_waiting", "photo", ["target_id", "created_at"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_photo_waiting", table_name="photo")
    op.drop_index("ix_photo_target", table_name="photo")
    op.drop_index(op.f("ix_photo_owner"), table_name="photo")
    op.drop_table("photo")
