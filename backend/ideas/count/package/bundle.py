"""The verifier as one file: the very modules that count, put one after the other."""

import ast
from functools import cache
from pathlib import Path

# In the order in which they need each other. All of them use the standard library alone.
MODULES = (
    "money",
    "election",
    "rule",
    "state",
    "order",
    "phragmen",
    "shares",
    "unchanged",
    "completion",
    "outcome",
    "lacking",
    "counting",
    "pabulib/writing",
    "package/format",
    "package/verifying",
)
HEAD = '''#!/usr/bin/env python3
"""Checks a published count and counts it again; needs Python 3.11 or newer and nothing else.

    python3 verify.py PACKAGE [--fingerprint HEX] [--receipt RECEIPT] [--every-step]

This file is made of the modules that counted, one after the other.
"""
'''
TAIL = '\n\nif __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'


@cache
def verifier_text() -> str:
    """The text of verify.py."""
    root = Path(__file__).parent.parent
    parts = [HEAD]
    for name in MODULES:
        source = (root / f"{name}.py").read_text(encoding="utf-8")
        parts.append(f"\n\n# --- {name}.py {'-' * (90 - len(name))}\n\n{_inlined(source)}\n")
    return "".join(parts) + TAIL


def _inlined(source: str) -> str:
    """A module without its imports from the other modules."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("backend."):
            for at in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[at] = ""
    text = "\n".join(lines)
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text.strip()
