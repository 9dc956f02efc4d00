"""Schema changes: numbered, one head, up and down on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask

from backend.core.settings import Settings

FOLDER = Path(__file__).parent.parent.parent / "migrations"


def config_for(settings: Settings) -> Config:
    """Alembic's configuration for this database."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["settings"] = settings
    return config


def head_revision() -> str:
    """The revision that this release needs."""
    return (FOLDER / ".current-alembic-head").read_text().strip()


def upgrade(app: Flask, revision: str = "head") -> None:
    """Bring the database up to a revision."""
    with app.app_context():
        command.upgrade(config_for(app.config["VOX"]), revision)


def downgrade(app: Flask, revision: str) -> None:
    """Take the database back to a revision."""
    with app.app_context():
        command.downgrade(config_for(app.config["VOX"]), revision)


def revisions() -> list[str]:
    """All revisions, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in reversed(list(scripts))]
