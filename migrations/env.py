"""How Alembic reaches the database: by the application's own settings and engine options."""

from alembic import context
from sqlalchemy import create_engine, text

import backend.app  # noqa: F401 - every room's tables
from backend.core.db import Base, engine_options
from backend.core.settings import Settings

LOCK_MS, STATEMENT_MS = 5_000, 600_000


def run() -> None:
    """Migrate in one transaction per migration, never waiting long for a lock."""
    settings = context.config.attributes.get("settings") or Settings.from_env()
    options = {
        k: v for k, v in engine_options(settings).items() if not k.startswith(("pool_", "max_"))
    }
    engine = create_engine(settings.database_url, **options)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
            connection.execute(text(f"SET statement_timeout = {STATEMENT_MS}"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
