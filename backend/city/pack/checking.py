"""Reading fields out of a pack's documents: one fault and one remedy for each that is wrong."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from backend.city.pack.reading import Document, Faults, Trail, field_name
from backend.core.i18n import LANGUAGES

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LANGUAGE = re.compile(r"[a-z]{2,3}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Section:
    """A mapping of the document, with questions to ask of its fields."""

    def __init__(self, document: Document, trail: Trail, faults: Faults) -> None:
        self.document, self.trail, self.faults = document, trail, faults
        value = document.value
        for part in trail:
            value = value[part]
        self.is_mapping = isinstance(value, dict)
        self.values: dict[str, Any] = value if self.is_mapping else {}
        if not self.is_mapping:
            self.fault((), "Write fields here, one a line, as name: value.")

    def fault(self, inner: Trail, remedy: str) -> None:
        """Note a fault of a field of this section."""
        trail = (*self.trail, *inner)
        self.faults.add(self.document.file, self.document.line(trail), field_name(trail), remedy)

    def only(self, *known: str) -> None:
        """Refuse fields that nobody reads: most often they are typing errors."""
        for name in self.values:
            if name not in known:
                self.fault((name,), f"No such field; one of: {', '.join(sorted(known))}.")

    def has(self, name: str) -> bool:
        """Whether a field is there and not empty."""
        return self.values.get(name) is not None

    def section(self, name: str) -> "Section | None":
        """The mapping under a field, None when it is absent."""
        if not self.has(name):
            return None
        found = Section(self.document, (*self.trail, name), self.faults)
        return found if found.is_mapping else None

    def needed_section(self, name: str) -> "Section | None":
        """The mapping under a field that must be there."""
        if not self.has(name):
            self.fault((name,), "This is missing; write its fields here.")
        return self.section(name)

    def sections(self, name: str, *, needed: bool = True) -> Iterator["Section"]:
        """The mappings of a list."""
        value = self.values.get(name)
        if value is None and not needed:
            return
        if not isinstance(value, list) or (needed and not value):
            self.fault((name,), "Give a list here, each entry beginning with a dash.")
            return
        for index in range(len(value)):
            found = Section(self.document, (*self.trail, name, index), self.faults)
            if found.is_mapping:
                yield found

    def text(self, name: str, *, most: int = 200, needed: bool = False) -> str | None:
        """A text of bounded length."""
        value = self.values.get(name)
        if value is None or value == "":
            if needed:
                self.fault((name,), "This is missing; write a text.")
            return None
        if not isinstance(value, str):
            read_as = "true or false" if isinstance(value, bool) else type(value).__name__
            self.fault(
                (name,), f"YAML reads this as {read_as}; put it in quotes to make it a text."
            )
            return None
        if len(value) > most:
            self.fault((name,), f"Shorten this to {most} characters.")
            return None
        return value

    def matching(
        self, name: str, form: re.Pattern[str], example: str, *, needed: bool = False
    ) -> str | None:
        """A text of a certain form."""
        value = self.text(name, needed=needed)
        if value is not None and not form.fullmatch(value):
            self.fault((name,), f"'{value[:60]}' has not the right form; for example {example}.")
            return None
        return value

    def code(self, name: str = "code") -> str | None:
        """The stable code of something: small letters, digits, _ and -."""
        return self.matching(name, CODE, "street_light", needed=True)

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """One of a few words."""
        value = self.values.get(name, default)
        if value not in choices:
            self.fault((name,), f"Choose one of: {', '.join(choices)}.")
            return default
        return str(value)

    def flag(self, name: str) -> bool:
        """true or false; false when absent."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.fault((name,), "Write true or false.")
            return False
        return value

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number between bounds, None when absent."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault((name,), f"Give a whole number from {low} to {high}.")
            return None
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number between bounds that must be there."""
        value = self.values.get(name)
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if value is None or not right or not low <= value <= high:
            self.fault((name,), f"Give a number from {low:g} to {high:g}.")
            return None
        return float(value)

    def names(
        self, name: str, languages: Sequence[str], *, most: int = 120, needed: bool = True
    ) -> dict[str, str]:
        """A text in each of the city's languages."""
        if not needed and not self.has(name):
            return {}
        inner = self.needed_section(name)
        if inner is None:
            return {}
        inner.only(*{*languages, *LANGUAGES})
        missing = [language for language in languages if not inner.has(language)]
        if missing:
            inner.fault((), f"Add this text in: {', '.join(missing)}.")
        found = {lang: inner.text(lang, most=most) for lang in inner.values}
        return {language: text for language, text in found.items() if text}

    def words(self, name: str, *, most: int = 100) -> list[str]:
        """A list of short texts."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > 1000:
            self.fault((name,), "Give a list of words.")
            return []
        result = []
        for index, word in enumerate(value):
            if not isinstance(word, str) or not word or len(word) > most:
                self.fault((name, index), f"Give a text of at most {most} characters, in quotes.")
            else:
                result.append(word)
        return result


def unique(kept: set[str], section: Section, code: str | None) -> bool:
    """Whether a code is new among its kind; otherwise it is a fault."""
    if code is None:
        return False
    if code in kept:
        section.fault(("code",), f"'{code}' stands twice; every code is used once.")
        return False
    kept.add(code)
    return True


def checked(section: Section, name: str, read: Callable[[str], object]) -> str | None:
    """A text that some reader understands; what it complains of becomes the fault."""
    value = section.text(name)
    if value is None:
        return None
    try:
        read(value)
    except ValueError as error:
        section.fault((name,), f"{error}.")
        return None
    return value
