"""The macros of templates/components under one name: a page writes ui.button(…), no imports."""

from functools import cached_property
from typing import Any

from flask import Flask

FILES = ("fields", "actions", "messages", "navigation", "lists", "media")


class Components:
    """All macros of the design system, found by name."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @cached_property
    def _home(self) -> dict[str, str]:
        """Macro → the file that defines it."""
        found: dict[str, str] = {}
        for stem in FILES:
            file = f"components/{stem}.html"
            module = self._app.jinja_env.get_template(file).module
            for name in vars(module):
                if not name.startswith("_") and found.setdefault(name, file) != file:
                    raise LookupError(f"{name} is defined in {found[name]} and in {file}")
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._home:
            raise AttributeError(f"the design system has no component {name}")
        return getattr(self._app.jinja_env.get_template(self._home[name]).module, name)

    def names(self) -> list[str]:
        """Every component, in order."""
        return sorted(self._home)
