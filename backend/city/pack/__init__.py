"""A city pack: a folder of YAML, GeoJSON and CSV that makes a city, checked before it is used."""

from collections.abc import Collection
from pathlib import Path

from backend.city.pack.catalogue import ServiceReader, read_departments
from backend.city.pack.cityfile import languages_of, read_calendar, read_city, read_emergency
from backend.city.pack.content import Pack
from backend.city.pack.places import read_addresses, read_districts, read_layers
from backend.city.pack.reading import Document, Fault, Faults, read_yaml
from backend.core.i18n import _
from backend.core.problems import Invalid

__all__ = ["PACKS", "Fault", "Pack", "PackInvalid", "pack_files", "read_pack"]

PACKS = Path(__file__).parent.parent / "packs"
_YAML = ("city.yaml", "departments.yaml", "services.yaml", "calendar.yaml", "emergency.yaml")


class PackInvalid(Invalid):
    """A city pack with faults; nothing of it was stored."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            _("This city pack has faults. Nothing of it was stored. Mend them and import again."),
            errors={f"{f.file}:{f.line}:{f.field}": f.remedy for f in faults},
        )
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def read_pack(directory: Path, components: Collection[str]) -> Pack:
    """Read and check a whole pack; PackInvalid lists every fault with file, line and field."""
    faults = Faults()
    if not directory.is_dir():
        faults.add(directory.name or str(directory), 0, "", "There is no such folder.")
        raise PackInvalid(faults.found)
    documents = {name: read_yaml(directory, name, faults) for name in _YAML}
    city_file = documents["city.yaml"]
    languages = languages_of(city_file, faults) if city_file else []
    if faults.found or city_file is None:  # without languages every name would be a fault
        raise PackInvalid(faults.found)
    pack = _read_parts(directory, documents, languages, components, faults)
    if faults.found:
        raise PackInvalid(faults.found)
    return pack


def _read_parts(
    directory: Path,
    documents: dict[str, Document | None],
    languages: list[str],
    components: Collection[str],
    faults: Faults,
) -> Pack:
    there = {name: document for name, document in documents.items() if document}
    city = read_city(there["city.yaml"], languages, faults)
    departments = read_departments(there["departments.yaml"], languages, faults)
    codes = {part.code for part in departments}
    reader = ServiceReader(there["services.yaml"], languages, codes, components)
    services = reader.read(faults)
    hours, holidays = read_calendar(there["calendar.yaml"], languages, faults)
    districts = read_districts(directory, languages, faults)
    for account in city.profile["demo_accounts"]:
        if account["department"] not in (None, *codes):
            faults.add("city.yaml", 0, "demo_accounts", f"No department '{account['department']}'.")
    return Pack(
        city=city,
        districts=districts,
        departments=departments,
        groups=reader.groups,
        services=services,
        hours=hours,
        holidays=holidays,
        phrases=read_emergency(there["emergency.yaml"], languages, faults),
        addresses=read_addresses(directory, districts, faults),
        layers=read_layers(directory, faults),
    )


def pack_files(directory: Path) -> list[Path]:
    """The files of a pack that an import reads, for its digest."""
    wanted = {".yaml", ".geojson", ".csv"}
    return sorted(p for p in directory.iterdir() if p.suffix in wanted and p.is_file())
