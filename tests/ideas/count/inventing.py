"""Elections and rules of every kind, small enough to count by hand."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from backend.ideas.count import Cap, Election, Project, Rule, Support, election_of

KINDS = ("approval", "cumulative", "scoring", "ordinal")
AMOUNTS = st.one_of(
    st.integers(0, 12),
    st.integers(1, 40).map(lambda n: Fraction(n, 4)),
)


@st.composite
def elections(draw, kinds=KINDS) -> Election:
    kind = draw(st.sampled_from(kinds))
    projects = [
        Project(
            id=f"p{at}",
            cost=draw(AMOUNTS),
            name=draw(st.sampled_from(("", 'A "quoted"; name', "Grüner Platz"))),
            categories=tuple(draw(st.sets(st.sampled_from(("play", "green")), max_size=2))),
            area=draw(st.sampled_from(("", "north", "south"))),
            group=draw(st.sampled_from(("", "", "", "x"))),
            withdrawn=draw(st.integers(0, 9)) == 0,
        )
        for at in range(draw(st.integers(1, 6)))
    ]
    ids = [project.id for project in projects]
    points = st.integers(-3 if kind == "scoring" else 0, 5)
    cast = []
    for _ in range(draw(st.integers(0, 7))):
        chosen = draw(
            st.permutations(ids).flatmap(lambda p: st.integers(0, len(p)).map(lambda n: p[:n]))
        )
        given_ = () if kind in {"approval", "ordinal"} else tuple(draw(points) for _ in chosen)
        cast.append((chosen, given_))
    caps = [
        Cap(kind_, name, draw(st.integers(0, 25)))
        for kind_, name in (("category", "green"), ("area", "north"))
        if draw(st.booleans())
    ]
    return election_of(kind, draw(st.integers(0, 30)), projects, cast, caps)


SUPPORTS = ("none", "votes:2", "share:1/3", "cost-share:0.5")


@st.composite
def rules(draw, names=("votes", "points", "equal-shares", "phragmen")) -> Rule:
    name = draw(st.sampled_from(names))
    completions = ("none", "votes", "add1") if name == "equal-shares" else ("none",)
    if name == "phragmen":
        completions = ("none", "votes")
    completion = draw(st.sampled_from(completions))
    return Rule(
        name=name,
        utility=draw(st.sampled_from(("cost", "cardinality"))),
        leftover=draw(st.sampled_from(("skip", "stop", "partial"))),
        completion=completion,
        exhaustive_stop=completion == "add1" and draw(st.booleans()),
        caps=draw(st.sampled_from(("ignore", "hold", "hold-then-fill"))),
        min_support=Support.parse(draw(st.sampled_from(SUPPORTS))),
        tie=draw(st.sampled_from((("cost", "votes"), ("lot",), ("votes", "cost", "order")))),
        seed="the public draw of 4 May",
    )
