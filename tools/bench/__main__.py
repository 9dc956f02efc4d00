"""`make bench`: measure, print, and fail below a goal."""

import argparse
import sys

from tools.bench import count, index, pages, scale, web

GROWTH_FLOOR_MS = 0.5  # growth of what takes less than this is noise


def main() -> int:
    """Run the parts that were asked for; exit 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["web", "scale", "index", "pages", "count"])
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgresql"])
    parser.add_argument("--rows", type=int, default=scale.LARGE)
    chosen = parser.parse_args()
    engines, missed = chosen.engine or ["sqlite", "postgresql"], 0
    if "web" in chosen.parts:
        for engine in engines:
            for name, share, goal, remark in web.measure(engine):
                missed += share < goal
                print(f"{_mark(share >= goal)} {name}: {share:.2f} (goal {goal}); {remark}")
    if "scale" in chosen.parts:
        for engine in engines:
            print(f"{engine}: p95 in process, ms, 10,000 → {chosen.rows:,} reports")
            for name, small, large, goal in scale.measure(engine, chosen.rows):
                grown = large / max(small, GROWTH_FLOOR_MS)
                good = large <= goal and grown <= scale.GROWTH
                missed += not good
                print(
                    f"{_mark(good)}   {name:18} {small:7.2f} → {large:7.2f}"
                    f"  (goal {goal:g}, ×{grown:.1f} of {scale.GROWTH})"
                )
    for part in (index, pages):
        if part.__name__.rpartition(".")[2] not in chosen.parts:
            continue
        for name, figure, goal, remark in part.measure():
            missed += figure > goal
            print(f"{_mark(figure <= goal)} {name}: {figure:.1f} (goal {goal:g}); {remark}")
    if "count" in chosen.parts:
        for name, good, remark in count.measure():
            missed += not good
            print(f"{_mark(good)} {name}: {remark}", flush=True)
    return 1 if missed else 0


def _mark(good: bool) -> str:
    return "ok  " if good else "MISS"


if __name__ == "__main__":
    sys.exit(main())
