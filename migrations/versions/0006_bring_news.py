"""Follows, preferences, deliveries, letters from citizens."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, Sealed, UTCDateTime

revision = "0006_bring_news"
down_revision = "0005_suggest_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notification_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=40), nullable=False),
        sa.Column("message", Sealed("notification.message"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_event")),
        sa.UniqueConstraint("key", name=op.f("uq_notification_event_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_event_public_id")),
    )
    op.create_index(
        op.f("ix_notification_event_created_at"), "notification_event", ["created_at"], unique=False
    )
    op.create_table(
        "notification_reader",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("email", Sealed("notification.email"), nullable=True),
        sa.Column("email_mac", sa.String(length=64), nullable=True),
        sa.Column("device_hash", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("letters_stopped_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notification_reader_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_reader")),
        sa.UniqueConstraint("account_id", name=op.f("uq_notification_reader_account_id")),
        sa.UniqueConstraint("device_hash", name=op.f("uq_notification_reader_device_hash")),
        sa.UniqueConstraint("email_mac", name=op.f("uq_notification_reader_email_mac")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_reader_public_id")),
    )
    op.create_index(
        op.f("ix_notification_reader_created_at"),
        "notification_reader",
        ["created_at"],
        unique=False,
    )
    op.create_table(
        "incoming_letter",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("target_id", sa.String(length=40), nullable=True),
        sa.Column("content", Sealed("incoming_letter"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("handled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["notification_reader.id"], name=op.f("fk_incoming_letter_reader_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_letter")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_incoming_letter_fingerprint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incoming_letter_public_id")),
    )
    op.create_index(
        op.f("ix_incoming_letter_reader_id"), "incoming_letter", ["reader_id"], unique=False
    )
    op.create_index(
        "ix_incoming_letter_state", "incoming_letter", ["state", "received_at"], unique=False
    )
    op.create_table(
        "notification_delivery",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("link", Sealed("notification.link"), nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("postponed", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["notification_event.id"], name=op.f("fk_notification_delivery_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["notification_reader.id"],
            name=op.f("fk_notification_delivery_reader_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_delivery")),
        sa.UniqueConstraint(
            "event_id",
            "reader_id",
            "channel",
            "device_id",
            name=op.f("uq_notification_delivery_event_id_reader_id_channel_device_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_delivery_public_id")),
    )
    op.create_index(
        "ix_notification_delivery_done", "notification_delivery", ["state", "done_at"], unique=False
    )
    op.create_index(
        "ix_notification_delivery_gathered",
        "notification_delivery",
        ["reader_id", "state", "id"],
        unique=False,
    )
    op.create_table(
        "notification_follow",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["notification_reader.id"], name=op.f("fk_notification_follow_reader_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_follow")),
        sa.UniqueConstraint(
            "reader_id",
            "kind",
            "target_id",
            name=op.f("uq_notification_follow_reader_id_kind_target_id"),
        ),
    )
    op.create_index(
        "ix_notification_follow_target",
        "notification_follow",
        ["kind", "target_id", "id"],
        unique=False,
    )
    op.create_table(
        "notification_letter_key",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column(
            "reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("target_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["notification_reader.id"],
            name=op.f("fk_notification_letter_key_reader_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_letter_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_notification_letter_key_secret_hash")),
    )
    op.create_index(
        op.f("ix_notification_letter_key_reader_id"),
        "notification_letter_key",
        ["reader_id"],
        unique=False,
    )
    op.create_table(
        "notification_mute",
        sa.Column(
            "reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("target_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["notification_reader.id"], name=op.f("fk_notification_mute_reader_id")
        ),
        sa.PrimaryKeyConstraint(
            "reader_id", "kind", "target_id", name=op.f("pk_notification_mute")
        ),
    )
    op.create_table(
        "notification_news",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("link", Sealed("notification.link"), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["notification_event.id"], name=op.f("fk_notification_news_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["notification_reader.id"], name=op.f("fk_notification_news_reader_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_news")),
        sa.UniqueConstraint(
            "event_id", "reader_id", name=op.f("uq_notification_news_event_id_reader_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_news_public_id")),
    )
    op.create_index(
        "ix_notification_news_reader", "notification_news", ["reader_id", "id"], unique=False
    )
    op.create_table(
        "notification_preference",
        sa.Column(
            "reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topics", JSONDoc(), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_until", sa.String(length=5), nullable=True),
        sa.Column("digest", sa.String(length=10), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["notification_reader.id"],
            name=op.f("fk_notification_preference_reader_id"),
        ),
        sa.PrimaryKeyConstraint("reader_id", name=op.f("pk_notification_preference")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("notification_preference")
    op.drop_index("ix_notification_news_reader", table_name="notification_news")
    op.drop_table("notification_news")
    op.drop_table("notification_mute")
    op.drop_index(
        op.f("ix_notification_letter_key_reader_id"), table_name="notification_letter_key"
    )
    op.drop_table("notification_letter_key")
    op.drop_index("ix_notification_follow_target", table_name="notification_follow")
    op.drop_table("notification_follow")
    op.drop_index("ix_notification_delivery_gathered", table_name="notification_delivery")
    op.drop_index("ix_notification_delivery_done", table_name="notification_delivery")
    op.drop_table("notification_delivery")
    op.drop_index("ix_incoming_letter_state", table_name="incoming_letter")
    op.drop_index(op.f("ix_incoming_letter_reader_id"), table_name="incoming_letter")
    op.drop_table("incoming_letter")
    op.drop_index(op.f("ix_notification_reader_created_at"), table_name="notification_reader")
    op.drop_table("notification_reader")
    op.drop_index(op.f("ix_notification_event_created_at"), table_name="notification_event")
    op.drop_table("notification_event")
