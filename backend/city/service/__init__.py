"""Changing the city: importing a pack, and adding a service that a foreign report names."""

from backend.city.service.catalogue import add_unknown_service
from backend.city.service.founding import PlainCity, found_city
from backend.city.service.importing import CityChanged, PackResult, import_pack

__all__ = [
    "CityChanged",
    "PackResult",
    "PlainCity",
    "add_unknown_service",
    "found_city",
    "import_pack",
]
