"""Somebody who uses the pages without JavaScript: reads, fills in forms, presses buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict

HTML = {"Accept": "text/html,application/xhtml+xml"}


@dataclass
class Form:
    """A form as a browser would send it, with what its buttons say."""

    action: str
    method: str
    values: MultiDict[str, Any] = field(default_factory=MultiDict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    upload: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.area: str | None = None
        self.choice: str | None = None
        self.words: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self.quiet += 1
        if tag == "form":
            self.inside = Form(told.get("action", ""), told.get("method", "get").lower())
            self.inside.upload = "multipart" in told.get("enctype", "")
            self.forms.append(self.inside)
        if self.inside is None or "disabled" in told:
            return
        name = told.get("name", "")
        if tag == "input":
            kind = told.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in told:
                return
            if name and kind != "file":
                self.inside.values.add(name, told.get("value", ""))
        if tag == "textarea" and name:
            self.area = name
            self.inside.values[name] = ""
        if tag == "select":
            self.choice = name
            self.inside.values[name] = ""
        if tag == "option" and self.choice and "selected" in told:
            self.inside.values[self.choice] = told.get("value", "")
        if tag == "button":
            self.inside.buttons.append((name, told.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.quiet -= 1
        if tag == "form":
            self.inside = None
        if tag == "textarea":
            self.area = None
        if tag == "select":
            self.choice = None

    def handle_data(self, data: str) -> None:
        if self.area and self.inside is not None:
            self.inside.values[self.area] += data
        if not self.quiet:
            self.words.append(data)


@dataclass
class Page:
    """A page that came back."""

    visitor: Visitor
    address: str
    status: int
    html: str
    headers: Any
    forms: list[Form]
    words: str

    def form(self, ending: str) -> Form:
        """The form whose action ends so."""
        found = [form for form in self.forms if form.action.split("?")[0].endswith(ending)]
        assert found, f"no form {ending} among {[form.action for form in self.forms]}"
        return found[0]

    def send(self, ending: str, _drop: tuple[str, ...] = (), **values: Any) -> Page:
        """Fill a form in and press its button; the page that it leads to."""
        form = self.form(ending)
        sent = MultiDict(form.values)
        for name in _drop:
            sent.poplist(name)
        for name, value in values.items():
            sent.setlist(name, value if isinstance(value, list) else [value])
        return self.visitor.post(form.action, sent, upload=form.upload)

    def links(self, pattern: str) -> list[str]:
        """The addresses of links that fit a pattern."""
        return re.findall(rf'href="({pattern})"', self.html)


class Visitor:
    """A browser without scripts."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, address: str, language: str = "en") -> Page:
        """Open a page, following where it leads."""
        for _step in range(6):
            answer = self.client.get(address, headers={**HTML, "Accept-Language": language})
            if answer.status_code not in (301, 302, 303):
                return self._page(address, answer)
            address = answer.headers["Location"]
        raise AssertionError(f"{address} leads in a circle")

    def post(self, address: str, values: Any, *, upload: bool = False) -> Page:
        """Send a form; after a 303 the page that it leads to."""
        kind = {"content_type": "multipart/form-data"} if upload else {}
        plain = {name: values.getlist(name) for name in values}
        flat = {name: found[0] if len(found) == 1 else found for name, found in plain.items()}
        answer = self.client.post(address, data=flat, headers=HTML, **kind)
        if answer.status_code == 303:
            return self.get(answer.headers["Location"])
        return self._page(address, answer)

    def _page(self, address: str, answer: Any) -> Page:
        html = answer.get_data(as_text=True)
        reader = _Reader()
        reader.feed(html)
        words = " ".join(" ".join(reader.words).split())
        assert answer.status_code < 500, words
        return Page(self, address, answer.status_code, html, answer.headers, reader.forms, words)
