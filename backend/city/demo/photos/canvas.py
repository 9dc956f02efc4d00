"""Paper and brush: a street or a lawn under a sky, and strokes that tremble a little."""

import math
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 720
SCALE = 2  # drawn larger and shrunk, so that edges are soft

Colour = tuple[int, int, int]
Point = tuple[float, float]

INK: Colour = (44, 48, 58)
HORIZON = 330
DAY_SKIES: Sequence[Colour] = ((206, 226, 236), (226, 232, 230), (240, 226, 204), (196, 214, 228))
WALLS: Sequence[Colour] = (
    (196, 122, 98), (214, 178, 140), (168, 96, 84), (224, 204, 176), (150, 132, 128),
    (186, 150, 120),
)  # fmt: skip


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


class Canvas:
    """A picture in the making, in a coordinate system of 960 by 720."""

    def __init__(self, dice: Random, *, night: bool = False) -> None:
        self.dice, self.night = dice, night
        sky = dice.choice(DAY_SKIES)
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), self.shade(sky))
        self.draw = ImageDraw.Draw(self.image)
        for y in range(0, HORIZON, 6):  # a sky that grows lighter towards the ground
            colour = self.shade(mix(sky, (250, 246, 236), y / HORIZON * 0.7))
            self.draw.rectangle(self._box(0, y, WIDTH, y + 6), fill=colour)

    def shade(self, colour: Colour) -> Colour:
        """The colour at this hour."""
        return mix(colour, (26, 32, 62), 0.68) if self.night else colour

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        return x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE

    def _trembling(self, points: Sequence[Point], by: float) -> list[Point]:
        return [
            ((x + self.dice.uniform(-by, by)) * SCALE, (y + self.dice.uniform(-by, by)) * SCALE)
            for x, y in points
        ]

    def shape(
        self, points: Sequence[Point], colour: Colour, *, edge: float = 3, lit: bool = False
    ) -> None:
        """A filled outline."""
        drawn = self._trembling(points, 1.2)
        self.draw.polygon(drawn, fill=colour if lit else self.shade(colour))
        if edge:
            self.draw.line(
                [*drawn, drawn[0]], fill=self.shade(INK), width=round(edge * SCALE), joint="curve"
            )

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        colour: Colour,
        *,
        edge: float = 3,
        lit: bool = False,
    ) -> None:
        """A rectangle by its upper left corner and size."""
        self.shape([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], colour, edge=edge, lit=lit)

    def line(self, points: Sequence[Point], colour: Colour = INK, width: float = 4) -> None:
        """A stroke."""
        self.draw.line(
            self._trembling(points, 0.8),
            fill=self.shade(colour),
            width=round(width * SCALE),
            joint="curve",
        )

    def round(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        *,
        edge: float = 3,
        lit: bool = False,
    ) -> None:
        """An ellipse about a centre."""
        fill = colour if lit else self.shade(colour)
        box = self._box(x - rx, y - ry, x + rx, y + ry)
        self.draw.ellipse(
            box, fill=fill, outline=self.shade(INK) if edge else None, width=round(edge * SCALE)
        )

    def blob(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        *,
        edge: float = 3,
        corners: int = 14,
        rough: float = 0.16,
    ) -> None:
        """A shape that is round only roughly: a hole, a puddle, a bush."""
        points = []
        for n in range(corners):
            angle = 2 * math.pi * n / corners
            away = 1 + self.dice.uniform(-rough, rough)
            points.append((x + rx * away * math.cos(angle), y + ry * away * math.sin(angle)))
        self.shape(points, colour, edge=edge)

    def glow(
        self, x: float, y: float, radius: float, colour: Colour, strength: float = 0.5
    ) -> None:
        """Light around a lamp."""
        mask = Image.new("L", self.image.size, 0)
        brush = ImageDraw.Draw(mask)
        for step in range(24, 0, -1):
            r = radius * step / 24
            brush.ellipse(
                self._box(x - r, y - r, x + r, y + r),
                fill=round(255 * strength * (1 - step / 25) ** 1.6),
            )
        self.image.paste(colour, mask=mask)

    def speckles(
        self,
        area: tuple[float, float, float, float],
        count: int,
        colours: Sequence[Colour],
        size: float = 4,
    ) -> None:
        """Small dots within left, top, right, bottom: gravel, petals, leaves, litter."""
        left, top, right, bottom = area
        for _ in range(count):
            x, y = self.dice.uniform(left, right), self.dice.uniform(top, bottom)
            far = 0.6 + 0.7 * (y - HORIZON) / (HEIGHT - HORIZON)
            r = size * self.dice.uniform(0.5, 1.4) * far
            self.round(x, y, max(1, r), max(1, r * 0.7), self.dice.choice(colours), edge=0)
