"""The pages' addresses, one module for each part of the citizen's way."""

from backend.web.routes import (  # noqa: F401 - each registers its addresses
    account,
    advice,
    audit,
    competitions,
    factors,
    front,
    indicators,
    lists,
    machines,
    mine,
    notices,
    offline,
    results,
    returns,
    sign_in,
    single,
    statements,
    stopping,
    voices,
    voting,
    winners,
)
from backend.web.routes.report import about, begin, place, send  # noqa: F401
