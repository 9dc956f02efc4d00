"""departments.yaml and services.yaml of a pack: who works, and what people can report."""

from collections.abc import Collection
from typing import Any

from backend.city.pack.checking import CODE, EMAIL, Section, unique
from backend.city.pack.cityfile import read_hours
from backend.city.pack.content import (
    DATATYPES,
    KINDS,
    LISTS,
    NEEDS,
    DepartmentPart,
    ServicePart,
)
from backend.city.pack.reading import Document, Faults

MOST_QUESTIONS = 20
MOST_VALUES = 100


def read_departments(
    document: Document, languages: list[str], faults: Faults
) -> list[DepartmentPart]:
    """departments.yaml."""
    top = Section(document, (), faults)
    top.only("departments")
    found, codes = [], set[str]()
    for entry in top.sections("departments"):
        entry.only("code", "name", "contact", "hours")
        code = entry.code()
        contact = entry.section("contact")
        if contact:
            contact.only("email", "phone")
        part = DepartmentPart(
            code=code or "",
            name=entry.names("name", languages),
            email=contact.matching("email", EMAIL, "roads@city.example") if contact else None,
            phone=contact.text("phone", most=40) if contact else None,
            hours=read_hours(entry, "hours"),
        )
        if unique(codes, entry, code):
            found.append(part)
    return found


class ServiceReader:
    """services.yaml, read with what its services refer to."""

    def __init__(
        self,
        document: Document,
        languages: list[str],
        departments: Collection[str],
        components: Collection[str],
    ) -> None:
        self.document, self.languages = document, languages
        self.departments, self.components = departments, components
        self.groups: list[dict[str, Any]] = []

    def read(self, faults: Faults) -> list[ServicePart]:
        """Every service, in the order of the file."""
        top = Section(self.document, (), faults)
        top.only("groups", "services")
        codes = set[str]()
        for entry in top.sections("groups"):
            entry.only("code", "name")
            code, name = entry.code(), entry.names("name", self.languages)
            if unique(codes, entry, code):
                self.groups.append({"code": code, "name": name})
        services, known = [], set[str]()
        for entry in top.sections("services"):
            code = entry.code()
            part = self._service(entry, code or "")
            if unique(known, entry, code):
                services.append(part)
        return services

    def _service(self, entry: Section, code: str) -> ServicePart:
        entry.only(
            "code", "name", "description", "group", "component", "department", "keywords",
            "questions", "kinds", "place", "photo", "confidential", "working_days",
        )  # fmt: skip
        return ServicePart(
            code=code,
            name=entry.names("name", self.languages),
            description=entry.names("description", self.languages, most=400),
            group=self._one_of(entry, "group", [g["code"] for g in self.groups], "groups"),
            component=self._one_of(entry, "component", self.components, "the taxonomy"),
            department=self._one_of(entry, "department", self.departments, "departments.yaml"),
            keywords=self._keywords(entry),
            questions=self._questions(entry),
            kinds=self._kinds(entry),
            place=entry.choice("place", NEEDS, "optional"),
            photo=entry.choice("photo", NEEDS, "optional"),
            confidential=entry.flag("confidential"),
            working_days=entry.whole("working_days", 0, 400),
        )

    @staticmethod
    def _one_of(entry: Section, name: str, known: Collection[str], where: str) -> str | None:
        value = entry.text(name)
        if value is not None and value not in known:
            entry.fault((name,), f"'{value[:60]}' is not in {where}; use a code that is.")
            return None
        return value

    @staticmethod
    def _kinds(entry: Section) -> list[str]:
        found = entry.words("kinds") if entry.has("kinds") else list(KINDS)
        if not found or any(kind not in KINDS for kind in found):
            entry.fault(("kinds",), f"Choose from: {', '.join(KINDS)}.")
        return [kind for kind in KINDS if kind in found]

    def _keywords(self, entry: Section) -> dict[str, list[str]]:
        words = entry.section("keywords")
        if words is None:
            return {}
        words.only(*self.languages)
        return {language: words.words(language, most=60) for language in words.values}

    def _questions(self, entry: Section) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        codes = set[str]()
        for asked in entry.sections("questions", needed=False):
            code = asked.code()
            question = self._question(asked, code or "")
            question["when"] = self._condition(asked, found)
            if unique(codes, asked, code):
                found.append(question)
        if len(found) > MOST_QUESTIONS:
            entry.fault(("questions",), f"Ask at most {MOST_QUESTIONS} questions.")
        return found

    def _question(self, asked: Section, code: str) -> dict[str, Any]:
        asked.only("code", "datatype", "required", "text", "help", "values", "when")
        datatype = asked.choice("datatype", DATATYPES, "string")
        values = self._values(asked) if asked.has("values") else []
        if datatype in LISTS and not values:
            asked.fault(("values",), "A list needs values to choose from; give key and name.")
        if datatype not in LISTS and values:
            asked.fault(("values",), f"A {datatype} has no values; remove them.")
        return {
            "code": code,
            "datatype": datatype,
            "required": asked.flag("required"),
            "text": asked.names("text", self.languages, most=300),
            "help": asked.names("help", self.languages, most=300, needed=False),
            "values": values,
        }

    def _values(self, asked: Section) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for value in asked.sections("values"):
            value.only("key", "name")
            key = value.matching("key", CODE, "carriageway", needed=True)
            if key is not None and any(key == other["key"] for other in found):
                value.fault(("key",), f"'{key}' stands twice; every key is used once.")
            found.append({"key": key, "name": value.names("name", self.languages)})
        if len(found) > MOST_VALUES:
            asked.fault(("values",), f"Offer at most {MOST_VALUES} values.")
        return found

    @staticmethod
    def _condition(asked: Section, before: list[dict[str, Any]]) -> dict[str, Any] | None:
        when = asked.section("when")
        if when is None:
            return None
        when.only("question", "is")
        other = next((q for q in before if q["code"] == when.values.get("question")), None)
        if other is None or other["datatype"] not in LISTS:
            when.fault(("question",), "Name a question with values that stands above this one.")
            return None
        keys = [value["key"] for value in other["values"]]
        wanted = when.words("is")
        if not wanted or any(key not in keys for key in wanted):
            when.fault(("is",), f"Give a list of its keys: {', '.join(map(str, keys))}.")
        return {"question": other["code"], "is": wanted}
