"""The taxonomy is complete in every language, and its pages follow it."""

from __future__ import annotations

from pathlib import Path

from ml import corpus, taxonomy

ROOT = Path(__file__).parents[2]


def test_six_domains_and_thirty_five_components() -> None:
    assert list(taxonomy.domains()) == ["SM", "SE", "SC", "SG", "SL", "SEN"]
    sizes = {code: len(taxonomy.components(code)) for code in taxonomy.domains()}
    assert sizes == {"SM": 8, "SE": 5, "SC": 5, "SG": 5, "SL": 7, "SEN": 5}


def test_every_entry_has_a_name_and_a_definition_in_each_language() -> None:
    for entry in (*taxonomy.domains().values(), *taxonomy.components().values()):
        for lang in taxonomy.LANGUAGES:
            assert entry.names[lang].strip()
            assert entry.definitions[lang].endswith(".")


def test_romanian_is_written_with_commas_not_cedillas() -> None:
    words = "".join(e.names["ro"] + e.definitions["ro"] for e in taxonomy.components().values())
    assert not set("şţŞŢ") & set(words)
    assert set("șț") <= set(words)


def test_the_code_that_the_source_cuts_off_says_so() -> None:
    assert "cuts this code off" in taxonomy.component("SG-5").note


def test_the_clerks_page_names_every_code() -> None:
    page = (ROOT / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    assert [c for c in taxonomy.component_codes() if f"| {c} |" not in page] == []


def test_every_component_has_keywords_in_each_language() -> None:
    found = {(e.component, e.lang) for e in corpus.read_keywords()}
    assert len(found) == 35 * len(taxonomy.LANGUAGES)
