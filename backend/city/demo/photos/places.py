"""Pictures of waste, green, water and places to be."""

import math

from backend.city.demo.photos import grounds
from backend.city.demo.photos.canvas import HEIGHT, INK, WIDTH, Canvas, Colour

RUBBISH: tuple[Colour, ...] = (
    (226, 84, 70), (240, 240, 236), (70, 120, 176), (240, 196, 70), (110, 160, 96), (60, 62, 66),
)  # fmt: skip
METAL: Colour = (120, 128, 134)
WOOD: Colour = (164, 120, 78)


def litter_bin(c: Canvas) -> None:
    """A bin that overflows."""
    c.dice.choice((grounds.street, grounds.park, grounds.beach))(c)
    x = c.dice.randint(360, 520)
    for _ in range(9):
        c.blob(
            x + 70 + c.dice.uniform(-70, 70),
            360 - c.dice.uniform(0, 50),
            34,
            28,
            c.dice.choice(RUBBISH),
            corners=8,
        )
    c.shape([(x, 360), (x + 140, 360), (x + 124, 560), (x + 16, 560)], (74, 104, 88))
    for n in range(1, 5):
        c.line([(x + n * 28, 372), (x + 6 + n * 26, 552)], (54, 80, 68), 4)
    c.box(x - 8, 350, 156, 22, (60, 86, 74))
    for _ in range(10):
        c.blob(
            x + 70 + c.dice.uniform(-200, 200),
            590 + c.dice.uniform(-20, 50),
            20,
            12,
            c.dice.choice(RUBBISH),
            corners=7,
        )


def container(c: Canvas) -> None:
    """A container with bags beside it."""
    grounds.pavement(c)
    c.box(380, 300, 190, 240, (112, 124, 130))
    c.shape([(380, 300), (420, 250), (610, 250), (570, 300)], (136, 148, 154))
    c.shape([(570, 300), (610, 250), (610, 490), (570, 540)], (92, 102, 108))
    c.box(410, 330, 130, 56, (58, 62, 66))
    c.box(410, 420, 60, 70, c.dice.choice(((80, 140, 90), (70, 110, 170), (220, 150, 60))))
    for x, y in ((300, 590), (360, 620), (620, 600), (690, 630)):
        c.blob(
            x, y, 56, 52, c.dice.choice(((60, 62, 66), (78, 84, 96), (226, 222, 214))), rough=0.1
        )
        c.line([(x - 8, y - 50), (x + 2, y - 66), (x + 12, y - 50)], INK, 5)


def dump(c: Canvas) -> None:
    """A sofa, a mattress and bags."""
    c.dice.choice((grounds.street, grounds.pavement))(c)
    c.shape([(220, 500), (470, 420), (520, 470), (280, 566)], (226, 218, 204))
    for n in range(4):
        c.line([(262 + n * 56, 500 - n * 18), (306 + n * 56, 548 - n * 18)], (186, 178, 164), 3)
    colour = c.dice.choice(((150, 86, 80), (92, 116, 110), (170, 140, 90)))
    c.box(500, 470, 270, 90, colour)
    c.box(490, 400, 290, 80, colour)
    c.box(476, 450, 40, 120, colour)
    c.box(754, 450, 40, 120, colour)
    for x, y in ((420, 610), (350, 640), (700, 620)):
        c.blob(x, y, 52, 46, (62, 66, 72), rough=0.1)


def litter(c: Canvas) -> None:
    """Litter."""
    c.dice.choice((grounds.street, grounds.pavement, grounds.beach))(c)
    for _ in range(26):
        x, y = c.dice.uniform(120, 840), c.dice.uniform(480, 690)
        kind = c.dice.random()
        if kind < 0.4:
            c.box(x, y, 20, 40, c.dice.choice(RUBBISH))
        elif kind < 0.7:
            c.blob(x, y, 30, 20, c.dice.choice(RUBBISH), corners=8, rough=0.3)
        else:
            c.shape([(x, y), (x + 44, y - 8), (x + 50, y + 20), (x + 8, y + 26)], (240, 236, 226))


def tree(c: Canvas) -> None:
    """A fallen tree."""
    grounds.street(c)
    c.shape([(120, 600), (640, 530), (650, 566), (130, 650)], (110, 84, 64))
    c.shape([(60, 560), (150, 590), (150, 660), (50, 680), (20, 620)], (92, 70, 54))
    for _ in range(26):
        x, y = c.dice.uniform(560, 880), c.dice.uniform(430, 640)
        c.blob(
            x,
            y,
            c.dice.uniform(40, 70),
            c.dice.uniform(34, 60),
            c.dice.choice(grounds.LEAVES),
            edge=2,
            rough=0.2,
        )
    c.speckles((300, 520, 940, 700), 70, grounds.LEAVES, 7)


def weeds(c: Canvas) -> None:
    """Weeds between the slabs."""
    grounds.pavement(c)
    for _ in range(90):
        x, y = c.dice.uniform(60, 900), c.dice.uniform(470, 700)
        height = c.dice.uniform(40, 150) * (y / 640)
        c.line(
            [(x, y), (x + c.dice.uniform(-26, 26), y - height)],
            c.dice.choice(grounds.LEAVES),
            c.dice.uniform(4, 9),
        )
    c.speckles((60, 380, 900, 640), 34, ((240, 220, 110), (232, 230, 240)), 7)


def flowers(c: Canvas) -> None:
    """Flowers in a park."""
    grounds.park(c)
    for _ in range(150):
        x, y = c.dice.uniform(20, 940), c.dice.uniform(440, 700)
        if 330 < x < 640:
            continue
        c.line([(x, y), (x, y - 34)], (100, 140, 84), 3)
        c.round(
            x,
            y - 38,
            11,
            11,
            c.dice.choice(((214, 70, 80), (240, 190, 70), (236, 232, 240), (150, 110, 180))),
            edge=1.4,
        )


def rat(c: Canvas) -> None:
    """A rat by the container."""
    container(c)
    x = c.dice.randint(170, 240)
    c.blob(x, 660, 62, 30, (112, 100, 94), rough=0.06)
    c.shape([(x + 44, 642), (x + 104, 664), (x + 46, 682)], (112, 100, 94))
    c.round(x + 44, 636, 14, 14, (150, 130, 124))
    c.round(x + 74, 656, 4, 4, INK, edge=0)
    c.line([(x - 60, 668), (x - 110, 650), (x - 140, 676)], (150, 120, 116), 5)


def drain(c: Canvas) -> None:
    """A blocked gully and its puddle."""
    grounds.street(c)
    c.blob(480, 600, 430, 108, (132, 156, 170), rough=0.07, corners=26)
    for _ in range(16):
        x, y = c.dice.uniform(120, 800), c.dice.uniform(540, 680)
        c.line([(x, y), (x + c.dice.uniform(30, 80), y)], (184, 204, 212), 3)
    c.box(420, 470, 120, 40, (70, 72, 76))
    for n in range(5):
        c.line([(436 + n * 22, 474), (436 + n * 22, 506)], (36, 38, 42), 6)
    c.speckles((400, 460, 580, 540), 22, ((160, 120, 60), (130, 100, 56)), 9)


def leak(c: Canvas) -> None:
    """A hydrant that leaks."""
    grounds.street(c)
    c.blob(480, 610, 300, 70, (150, 184, 204), rough=0.1, corners=20)
    c.box(450, 420, 60, 120, (200, 66, 58))
    c.round(480, 416, 38, 24, (200, 66, 58))
    for n in range(7):
        c.line([(512, 470), (560 + n * 16, 440 - n * 6), (590 + n * 30, 560)], (176, 208, 226), 5)


def water(c: Canvas) -> None:
    """Algae and dead fish."""
    grounds.quay(c)
    c.blob(470, 430, 330, 60, (128, 160, 90), edge=0, rough=0.16, corners=20)
    c.speckles((160, 380, 800, 490), 60, ((150, 180, 100), (108, 140, 80)), 10)
    for _ in range(4):
        x, y = c.dice.uniform(240, 720), c.dice.uniform(400, 470)
        c.round(x, y, 34, 13, (206, 210, 206))
        c.shape([(x + 30, y), (x + 54, y - 14), (x + 54, y + 14)], (206, 210, 206))


def graffiti(c: Canvas) -> None:
    """Paint on a wall."""
    c.box(
        -10, 90, WIDTH + 20, 420, c.dice.choice(((176, 118, 98), (190, 184, 172), (150, 150, 148)))
    )
    for course in range(120, 510, 40):
        c.line([(0, course), (WIDTH, course)], (150, 140, 130), 1.5)
    for colours in range(2):
        paint = c.dice.choice(
            ((214, 60, 120), (60, 130, 190), (90, 160, 80), (240, 180, 50), (40, 42, 50))
        )
        left, y = 150.0 + colours * 60, 330.0 - colours * 40
        points = [(left, y)]
        for n in range(22):
            left += 28
            points.append((left, y + 100 * math.sin(n * 1.3 + colours) * c.dice.uniform(0.5, 1)))
        c.line(points, paint, 22 - colours * 8)
    c.box(-10, 510, WIDTH + 20, HEIGHT, grounds.PAVING, edge=2)


def bench(c: Canvas) -> None:
    """A broken bench."""
    grounds.park(c)
    for n, y in enumerate((400, 436, 500)):
        if n == 1:
            c.shape([(240, y), (470, y - 2), (440, y + 24), (240, y + 22)], WOOD)
            c.shape([(560, y + 60), (740, y + 96), (736, y + 118), (552, y + 84)], WOOD)
        else:
            c.box(240, y, 500, 24, WOOD)
    for x in (280, 690):
        c.line([(x, 390), (x, 590)], (70, 74, 78), 14)
        c.line([(x, 512), (x - 50, 590)], (70, 74, 78), 12)


def fountain(c: Canvas) -> None:
    """A fountain without water."""
    grounds.pavement(c)
    c.box(440, 360, 90, 220, (84, 110, 104))
    c.round(485, 356, 92, 26, (140, 152, 150))
    c.line([(485, 340), (485, 300), (520, 300), (520, 316)], METAL, 10)
    c.line([(412, 300), (566, 420)], (208, 66, 60), 10)


def playground(c: Canvas) -> None:
    """A swing on one chain."""
    grounds.park(c)
    c.shape([(160, 600), (860, 580), (920, 700), (90, 715)], grounds.SAND)
    for x in (230, 650):
        c.line([(x - 60, 620), (x, 250), (x + 60, 620)], (196, 84, 70), 14)
    c.line([(228, 252), (652, 252)], (196, 84, 70), 14)
    for x in (320, 400):
        c.line([(x, 256), (x, 540)], (90, 94, 98), 4)
    c.box(308, 536, 106, 16, WOOD)
    c.line([(500, 256), (504, 560)], (90, 94, 98), 4)
    c.line([(580, 256), (584, 410)], (90, 94, 98), 4)
    c.shape([(492, 552), (584, 604), (578, 622), (486, 570)], WOOD)


def pool(c: Canvas) -> None:
    """A swimming pool."""
    c.box(-10, 0, WIDTH + 20, 360, (222, 232, 234), edge=0)
    for x in range(40, WIDTH, 180):
        c.box(x, 60, 120, 170, (190, 220, 232))
    c.box(-10, 350, WIDTH + 20, 40, (236, 238, 236))
    c.box(-10, 390, WIDTH + 20, HEIGHT, (104, 182, 204), edge=0)
    for n in range(4):
        for x in range(-40, WIDTH, 60):
            c.round(
                x + n * 20,
                450 + n * 74,
                16,
                9,
                ((214, 70, 60), (246, 246, 244))[x // 60 % 2],
                edge=1.5,
            )
