"""The model card as a page of text."""

from __future__ import annotations

from typing import Any

from ml import taxonomy
from ml.model import Model, load_model


def card(model: Model | None = None) -> str:
    """Markdown card of a model, from what its training run recorded."""
    judge = model or load_model()
    facts = judge.card
    lines = [
        f"# Model card: {judge.version}",
        "",
        (
            "Linear classifier of the 35 components and six domains over hashed word and character "
            "n-grams. It proposes; a person decides. Nothing is closed, hidden or refused by it."
        ),
        "",
        f"- File: {judge.bytes:,} bytes, sha256 `{judge.sha256}`",
        f"- Known n-grams: {facts.get('columns', 0):,}",
        (
            f"- Training: {facts.get('seconds', '?')} s, {facts.get('cpu_seconds', '?')} CPU "
            f"seconds, about {facts.get('energy_wh_estimate', '?')} Wh (15 W assumed for a "
            f"busy core), peak {facts.get('peak_mb', '?')} MB"
        ),
        f"- Unsure below a domain probability of {judge.threshold:.2f}",
        "",
        *_data(facts.get("data", {})),
        *_metrics(facts.get("metrics", {})),
        *_lengths(facts.get("by_length", {})),
        *_failures(facts.get("confused", [])),
    ]
    return "\n".join(lines) + "\n"


def _data(data: dict[str, Any]) -> list[str]:
    if not data:
        return []
    lines = ["## Data", "", f"{data['n']:,} texts, hash `{data['hash']}`", ""]
    for key in ("source", "language", "domain"):
        found = ", ".join(f"{name} {n:,}" for name, n in sorted(data[key].items()))
        lines.append(f"- By {key}: {found}")
    return [*lines, ""]


def _metrics(metrics: dict[str, Any]) -> list[str]:
    if not metrics:
        return []
    lines = [
        "## Measures",
        "",
        (
            "Each training text judged by a model that had not seen it (folds that keep "
            "near-copies together). Texts of a strange city are harder."
        ),
        "",
        (
            "| language | n | domain F1 | accuracy | ECE | routable at 95 % "
            "| 90 % sets: covered, size | component accuracy | top 3 |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in {"all": metrics, **metrics.get("languages", {})}.items():
        whole, part = row["domain"], row["component"]
        sets = whole["conformal_90"]
        lines.append(
            f"| {name} | {row['n']:,} | {whole['macro_f1']} | {whole['accuracy']} | {whole['ece']} "
            f"| {whole['routable_at_95']} | {sets['coverage']}, {sets['size']} "
            f"| {part['accuracy']} | {part['top3']} |"
        )
    return [*lines, ""]


def _lengths(table: dict[str, dict[str, float]]) -> list[str]:
    if not table:
        return []
    lines = ["## By length", "", "| words | n | domain accuracy |", "|---|---|---|"]
    lines += [f"| {name} | {row['n']:,} | {row['accuracy']} |" for name, row in table.items()]
    return [*lines, ""]


def _failures(pairs: list[dict[str, Any]]) -> list[str]:
    lines = ["## Known failures", "", "Taken for each other most often:", ""]
    for pair in pairs:
        true, taken = taxonomy.component(pair["true"]), taxonomy.component(pair["taken_for"])
        lines.append(
            f"- {true.code} {true.name()} for {taken.code} {taken.name()}: {pair['n']} times"
        )
    lines += [
        "",
        (
            "Irony, single words, names of places and matters told only by a photo are beyond it. "
            "Languages without training text are judged by what they share with the others."
        ),
    ]
    return lines
