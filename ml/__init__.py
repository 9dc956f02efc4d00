"""Places what citizens write in the taxonomy, says how sure it is and why.

The package is a library: it knows no web framework and no database. Importing it is cheap; what
is heavy is imported when first used, and training alone needs scikit-learn.

Examples
--------
>>> import ml
>>> callable(ml.load_model)
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ml.explanation import Reason
    from ml.model import Model, Suggestion, load_model
    from ml.registry import ModelMissing, ModelRefused

__all__ = ["Model", "ModelMissing", "ModelRefused", "Reason", "Suggestion", "load_model"]

_HOMES = {
    "Model": "ml.model",
    "Suggestion": "ml.model",
    "load_model": "ml.model",
    "Reason": "ml.explanation",
    "ModelMissing": "ml.registry",
    "ModelRefused": "ml.registry",
}


def __getattr__(name: str) -> Any:
    """Import a name from the module that has it, when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ml' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
