"""Accounts, sessions, roles, organisations, devices."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, Sealed, UTCDateTime

revision = "0004_let_people_in"
down_revision = "0003_keep_photos"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account_tombstone",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("erased_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_tombstone")),
        sa.UniqueConstraint("mark", name=op.f("uq_account_tombstone_mark")),
    )
    op.create_table(
        "account",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("name", Sealed("account.name"), nullable=True),
        sa.Column("email", Sealed("account.email"), nullable=True),
        sa.Column("email_mac", sa.String(length=64), nullable=True),
        sa.Column("email_verified_at", UTCDateTime(), nullable=True),
        sa.Column("phone", Sealed("account.phone"), nullable=True),
        sa.Column("phone_mac", sa.String(length=64), nullable=True),
        sa.Column("phone_verified_at", UTCDateTime(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("assurance", sa.String(length=20), nullable=False),
        sa.Column("assurance_method", sa.String(length=20), nullable=True),
        sa.Column("assured_at", UTCDateTime(), nullable=True),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("erased_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id"], ["city_district.id"], name=op.f("fk_account_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_mac", name=op.f("uq_account_email_mac")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_index(op.f("ix_account_phone_mac"), "account", ["phone_mac"], unique=False)
    op.create_table(
        "account_ceremony",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_ceremony_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_ceremony")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_account_ceremony_ticket_hash")),
    )
    op.create_index(
        op.f("ix_account_ceremony_account_id"), "account_ceremony", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_account_ceremony_expires_at"), "account_ceremony", ["expires_at"], unique=False
    )
    op.create_table(
        "account_consent",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("wording", sa.String(length=20), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_consent_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_consent")),
    )
    op.create_index(
        op.f("ix_account_consent_account_id"), "account_consent", ["account_id"], unique=False
    )
    op.create_table(
        "account_export",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("ready_at", UTCDateTime(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_export_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_export")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_export_public_id")),
    )
    op.create_index(
        op.f("ix_account_export_account_id"), "account_export", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_account_export_expires_at"), "account_export", ["expires_at"], unique=False
    )
    op.create_table(
        "account_identity",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("provider", sa.String(length=160), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_identity_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_identity")),
        sa.UniqueConstraint(
            "provider", "subject", name=op.f("uq_account_identity_provider_subject")
        ),
    )
    op.create_index(
        op.f("ix_account_identity_account_id"), "account_identity", ["account_id"], unique=False
    )
    op.create_table(
        "account_passkey",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", JSONDoc(), nullable=True),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("name", Sealed("passkey"), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_passkey_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_account_passkey_credential_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_passkey_public_id")),
    )
    op.create_index(
        op.f("ix_account_passkey_account_id"), "account_passkey", ["account_id"], unique=False
    )
    op.create_table(
        "account_password",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("hash", sa.String(length=255), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_password_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_password")),
    )
    op.create_table(
        "account_recovery_code",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_recovery_code_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_account_recovery_code_code_hash")),
    )
    op.create_index(
        op.f("ix_account_recovery_code_account_id"),
        "account_recovery_code",
        ["account_id"],
        unique=False,
    )
    op.create_table(
        "account_register_entry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "claimed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("claimed_at", UTCDateTime(), nullable=True),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["account.id"], name=op.f("fk_account_register_entry_claimed_by")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"],
            ["city_district.id"],
            name=op.f("fk_account_register_entry_district_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_register_entry")),
        sa.UniqueConstraint("claimed_by", name=op.f("uq_account_register_entry_claimed_by")),
        sa.UniqueConstraint("mark", name=op.f("uq_account_register_entry_mark")),
    )
    op.create_table(
        "account_residence_proof",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("addressee", Sealed("residence"), nullable=True),
        sa.Column("address", Sealed("residence"), nullable=True),
        sa.Column("code", Sealed("residence"), nullable=True),
        sa.Column("code_mac", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_residence_proof_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_account_residence_proof_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"],
            ["city_district.id"],
            name=op.f("fk_account_residence_proof_district_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_residence_proof")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_residence_proof_public_id")),
    )
    op.create_index(
        op.f("ix_account_residence_proof_account_id"),
        "account_residence_proof",
        ["account_id"],
        unique=False,
    )
    op.create_index(
        "uq_account_residence_proof_open_letter",
        "account_residence_proof",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("method = 'letter' AND state IN ('asked', 'sent')"),
        postgresql_where=sa.text("method = 'letter' AND state IN ('asked', 'sent')"),
    )
    op.create_table(
        "account_role",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "granted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("granted_at", UTCDateTime(), nullable=False),
        sa.Column(
            "revoked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["city_department.id"], name=op.f("fk_account_role_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["city_district.id"], name=op.f("fk_account_role_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["account.id"], name=op.f("fk_account_role_granted_by")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["account.id"], name=op.f("fk_account_role_revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_role")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_role_public_id")),
    )
    op.create_index(
        op.f("ix_account_role_account_id"), "account_role", ["account_id"], unique=False
    )
    op.create_index(
        "uq_account_role_held",
        "account_role",
        [
            "account_id",
            "role",
            sa.literal_column("coalesce(department_id, 0)"),
            sa.literal_column("coalesce(district_id, 0)"),
        ],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "account_session",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("idle_until", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("proven_at", UTCDateTime(), nullable=False),
        sa.Column("second_factor_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_session_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_session_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_session_token_hash")),
    )
    op.create_index(
        op.f("ix_account_session_account_id"), "account_session", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_account_session_expires_at"), "account_session", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_account_session_idle_until"), "account_session", ["idle_until"], unique=False
    )
    op.create_table(
        "account_sign_in_code",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("email", Sealed("sign_in_code"), nullable=False),
        sa.Column("email_mac", sa.String(length=64), nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_sign_in_code_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_sign_in_code")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_account_sign_in_code_link_hash")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_account_sign_in_code_ticket_hash")),
    )
    op.create_index(
        op.f("ix_account_sign_in_code_account_id"),
        "account_sign_in_code",
        ["account_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_account_sign_in_code_email_mac"),
        "account_sign_in_code",
        ["email_mac"],
        unique=False,
    )
    op.create_index(
        op.f("ix_account_sign_in_code_expires_at"),
        "account_sign_in_code",
        ["expires_at"],
        unique=False,
    )
    op.create_table(
        "account_totp",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("secret", Sealed("totp"), nullable=True),
        sa.Column("next_secret", Sealed("totp"), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_totp_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_totp")),
    )
    op.create_table(
        "organisation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("registration", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_organisation_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisation_public_id")),
    )
    op.create_table(
        "account_device",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("token", Sealed("device"), nullable=False),
        sa.Column("token_mac", sa.String(length=64), nullable=False),
        sa.Column("key", Sealed("device"), nullable=True),
        sa.Column("secret", Sealed("device"), nullable=True),
        sa.Column("name", Sealed("device"), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_device_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["account_session.id"], name=op.f("fk_account_device_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_device")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_device_public_id")),
        sa.UniqueConstraint("token_mac", name=op.f("uq_account_device_token_mac")),
    )
    op.create_index(
        op.f("ix_account_device_account_id"), "account_device", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_account_device_session_id"), "account_device", ["session_id"], unique=False
    )
    op.create_table(
        "account_statistics",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("age_band", sa.String(length=10), nullable=True),
        sa.Column("sex", sa.String(length=10), nullable=True),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "consent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_statistics_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["account_consent.id"], name=op.f("fk_account_statistics_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["city_district.id"], name=op.f("fk_account_statistics_district_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_statistics")),
    )
    op.create_table(
        "api_key",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("scopes", JSONDoc(), nullable=False),
        sa.Column("rate", sa.String(length=40), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("former_hash", sa.String(length=64), nullable=True),
        sa.Column("former_until", UTCDateTime(), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_api_key_created_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_api_key_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("former_hash", name=op.f("uq_api_key_former_hash")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_key_public_id")),
    )
    op.create_table(
        "organisation_member",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_organisation_member_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_member_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_member")),
        sa.UniqueConstraint(
            "organisation_id",
            "account_id",
            name=op.f("uq_organisation_member_organisation_id_account_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_organisation_member_public_id")),
    )
    op.create_index(
        op.f("ix_organisation_member_account_id"),
        "organisation_member",
        ["account_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_organisation_member_organisation_id"),
        "organisation_member",
        ["organisation_id"],
        unique=False,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_organisation_member_organisation_id"), table_name="organisation_member")
    op.drop_index(op.f("ix_organisation_member_account_id"), table_name="organisation_member")
    op.drop_table("organisation_member")
    op.drop_table("api_key")
    op.drop_table("account_statistics")
    op.drop_index(op.f("ix_account_device_session_id"), table_name="account_device")
    op.drop_index(op.f("ix_account_device_account_id"), table_name="account_device")
    op.drop_table("account_device")
    op.drop_table("organisation")
    op.drop_table("account_totp")
    op.drop_index(op.f("ix_account_sign_in_code_expires_at"), table_name="account_sign_in_code")
    op.drop_index(op.f("ix_account_sign_in_code_email_mac"), table_name="account_sign_in_code")
    op.drop_index(op.f("ix_account_sign_in_code_account_id"), table_name="account_sign_in_code")
    op.drop_table("account_sign_in_code")
    op.drop_index(op.f("ix_account_session_idle_until"), table_name="account_session")
    op.drop_index(op.f("ix_account_session_expires_at"), table_name="account_session")
    op.drop_index(op.f("ix_account_session_account_id"), table_name="account_session")
    op.drop_table("account_session")
    op.drop_index(
        "uq_account_role_held",
        table_name="account_role",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_account_role_account_id"), table_name="account_role")
    op.drop_table("account_role")
    op.drop_index(
        "uq_account_residence_proof_open_letter",
        table_name="account_residence_proof",
        sqlite_where=sa.text("method = 'letter' AND state IN ('asked', 'sent')"),
        postgresql_where=sa.text("method = 'letter' AND state IN ('asked', 'sent')"),
    )
    op.drop_index(
        op.f("ix_account_residence_proof_account_id"), table_name="account_residence_proof"
    )
    op.drop_table("account_residence_proof")
    op.drop_table("account_register_entry")
    op.drop_index(op.f("ix_account_recovery_code_account_id"), table_name="account_recovery_code")
    op.drop_table("account_recovery_code")
    op.drop_table("account_password")
    op.drop_index(op.f("ix_account_passkey_account_id"), table_name="account_passkey")
    op.drop_table("account_passkey")
    op.drop_index(op.f("ix_account_identity_account_id"), table_name="account_identity")
    op.drop_table("account_identity")
    op.drop_index(op.f("ix_account_export_expires_at"), table_name="account_export")
    op.drop_index(op.f("ix_account_export_account_id"), table_name="account_export")
    op.drop_table("account_export")
    op.drop_index(op.f("ix_account_consent_account_id"), table_name="account_consent")
    op.drop_table("account_consent")
    op.drop_index(op.f("ix_account_ceremony_expires_at"), table_name="account_ceremony")
    op.drop_index(op.f("ix_account_ceremony_account_id"), table_name="account_ceremony")
    op.drop_table("account_ceremony")
    op.drop_index(op.f("ix_account_phone_mac"), table_name="account")
    op.drop_table("account")
    op.drop_table("account_tombstone")
