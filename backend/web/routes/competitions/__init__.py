"""The citizen's pages of the competition."""

from backend.web.routes.competitions import (  # noqa: F401 - each registers its addresses
    acting,
    editions,
    ideas,
    writing,
)
