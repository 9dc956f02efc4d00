"""The city: districts, departments, services, calendar, addresses."""

import sqlalchemy as sa
from alembic import op

from backend.core.db import JSONDoc, UTCDateTime

revision = "0002_found_the_city"
down_revision = "0001_lay_the_ground"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "city",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("profile", JSONDoc(), nullable=False),
        sa.Column("hours", JSONDoc(), nullable=False),
        sa.Column("emergency_phrases", JSONDoc(), nullable=False),
        sa.Column("groups", JSONDoc(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
    )
    op.create_table(
        "city_department",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("hours", JSONDoc(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_department")),
        sa.UniqueConstraint("code", name=op.f("uq_city_department_code")),
    )
    op.create_table(
        "city_district",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("population", JSONDoc(), nullable=False),
        sa.Column("geometry", JSONDoc(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_district")),
        sa.UniqueConstraint("code", name=op.f("uq_city_district_code")),
    )
    op.create_table(
        "city_holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_city_holiday")),
    )
    op.create_table(
        "city_map_layer",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_city_map_layer")),
    )
    op.create_table(
        "city_address",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("street_key", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("number_value", sa.Integer(), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("postcode_key", sa.String(length=20), nullable=True),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("lat", sa.Float(precision=53), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["city_district.id"], name=op.f("fk_city_address_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_address")),
    )
    op.create_index(op.f("ix_city_address_cell"), "city_address", ["cell"], unique=False)
    op.create_index(
        op.f("ix_city_address_postcode_key"), "city_address", ["postcode_key"], unique=False
    )
    op.create_index(
        "ix_city_address_street_key_number",
        "city_address",
        ["street_key", "number_value"],
        unique=False,
    )
    op.create_table(
        "city_service",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", JSONDoc(), nullable=False),
        sa.Column("description", JSONDoc(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=40), nullable=True),
        sa.Column("component", sa.String(length=10), nullable=True),
        sa.Column(
            "department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("keywords", JSONDoc(), nullable=False),
        sa.Column("questions", JSONDoc(), nullable=False),
        sa.Column("kinds", JSONDoc(), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("photo", sa.String(length=10), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["city_department.id"], name=op.f("fk_city_service_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_service")),
        sa.UniqueConstraint("code", name=op.f("uq_city_service_code")),
    )
    op.create_index(
        op.f("ix_city_service_department_id"), "city_service", ["department_id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_city_service_department_id"), table_name="city_service")
    op.drop_table("city_service")
    op.drop_index("ix_city_address_street_key_number", table_name="city_address")
    op.drop_index(op.f("ix_city_address_postcode_key"), table_name="city_address")
    op.drop_index(op.f("ix_city_address_cell"), table_name="city_address")
    op.drop_table("city_address")
    op.drop_table("city_map_layer")
    op.drop_table("city_holiday")
    op.drop_table("city_district")
    op.drop_table("city_department")
    op.drop_table("city")
