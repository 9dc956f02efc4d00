"""Pictures of roads, pavements and what stands on them."""

import math

from backend.city.demo.photos import grounds
from backend.city.demo.photos.canvas import HEIGHT, HORIZON, INK, WIDTH, Canvas, Colour

METAL: Colour = (120, 128, 134)
WOOD: Colour = (164, 120, 78)


def pothole(c: Canvas) -> None:
    """A hole in the carriageway."""
    grounds.street(c)
    x, y = c.dice.randint(380, 580), c.dice.randint(570, 620)
    c.blob(x, y, 190, 62, (94, 92, 92))
    c.blob(x + 8, y + 8, 140, 42, (62, 60, 62), rough=0.2)
    if c.dice.random() < 0.5:
        c.blob(x + 12, y + 14, 100, 24, (140, 160, 172), edge=0)
    for _ in range(7):
        angle = c.dice.uniform(0, 6.28)
        c.line(
            [
                (x + 190 * math.cos(angle), y + 62 * math.sin(angle)),
                (x + 260 * math.cos(angle), y + 84 * math.sin(angle)),
            ],
            (84, 84, 86),
            2.6,
        )
    c.speckles((x - 240, y - 50, x + 240, y + 80), 40, ((84, 84, 86), (100, 100, 100)), 6)


def paving(c: Canvas) -> None:
    """A slab that stands up."""
    grounds.pavement(c)
    x = c.dice.randint(330, 480)
    c.shape([(x, 560), (x + 200, 540), (x + 250, 610), (x + 30, 640)], (150, 140, 128))
    c.shape([(x - 10, 536), (x + 196, 510), (x + 232, 574), (x + 30, 612)], (214, 206, 194))
    c.line([(x + 90, 522), (x + 120, 560), (x + 104, 596)], (120, 112, 104), 3)
    c.shape([(x - 190, 600), (x - 40, 588), (x - 20, 650), (x - 190, 668)], (206, 198, 186))


def cover(c: Canvas) -> None:
    """A loose manhole cover."""
    grounds.street(c)
    c.round(490, 590, 170, 62, (66, 66, 70))
    c.round(506, 578, 160, 56, (132, 132, 136))
    for n in range(-3, 4):
        c.line(
            [(506 + n * 40, 578 - 40 + abs(n) * 8), (506 + n * 40, 578 + 40 - abs(n) * 8)],
            (100, 100, 104),
            4,
        )


def lamp(c: Canvas) -> None:
    """A lamp that is out; by night another one burns."""
    grounds.street(c)
    x = c.dice.randint(360, 600)
    lean = c.dice.choice((0, 0, 0, 46))
    c.line([(x, 470), (x + lean, 120)], (70, 84, 80), 12)
    c.box(x - 14, 440, 28, 36, (70, 84, 80))
    c.shape(
        [(x + lean - 34, 60), (x + lean + 34, 60), (x + lean + 24, 122), (x + lean - 24, 122)],
        (96, 104, 108),
    )
    c.shape([(x + lean - 44, 60), (x + lean, 26), (x + lean + 44, 60)], (70, 84, 80))
    c.line([(x + lean - 12, 74), (x + lean + 14, 108)], (170, 176, 178), 3)
    if c.night:
        other = 120 if x > 480 else 840
        c.line([(other, 420), (other, 190)], (70, 84, 80), 8)
        c.round(other, 176, 18, 22, (255, 226, 150), lit=True)
        c.glow(other, 180, 170, (255, 214, 130), 0.55)


def signal(c: Canvas) -> None:
    """A traffic light."""
    grounds.street(c)
    x = c.dice.randint(380, 560)
    c.line([(x, 470), (x, 150)], (70, 74, 78), 12)
    c.box(x - 46, 60, 92, 220, (52, 54, 58))
    lit = c.dice.choice((0, 1, 2, None, None))
    for n, colour in enumerate(((220, 60, 50), (240, 180, 60), (90, 180, 110))):
        c.round(
            x, 100 + n * 70, 26, 26, colour if n == lit else (84, 86, 88), lit=n == lit and c.night
        )
    c.box(x - 18, 350, 36, 46, (240, 200, 60))


def sign(c: Canvas) -> None:
    """A sign that leans."""
    grounds.street(c)
    x, lean = c.dice.randint(380, 540), c.dice.randint(-90, 90)
    c.line([(x, 480), (x + lean, 190)], METAL, 9)
    if c.dice.random() < 0.5:
        c.round(x + lean, 150, 76, 76, (208, 60, 56))
        c.round(x + lean, 150, 54, 54, (246, 244, 238))
        c.line([(x + lean - 20, 150), (x + lean + 20, 150)], INK, 12)
    else:
        c.shape([(x + lean - 84, 100), (x + lean + 84, 96), (x + lean, 236)], (208, 60, 56))
        c.shape([(x + lean - 50, 118), (x + lean + 50, 116), (x + lean, 200)], (246, 244, 238))
    for _ in range(3):
        c.blob(
            x + lean + c.dice.uniform(-60, 60),
            150 + c.dice.uniform(-60, 60),
            26,
            18,
            c.dice.choice(grounds.LEAVES),
            edge=2,
        )


def car(c: Canvas) -> None:
    """A parked car."""
    grounds.street(c)
    paint: Colour = c.dice.choice(
        ((70, 110, 160), (180, 66, 60), (224, 220, 210), (96, 124, 96), (60, 62, 70))
    )
    y = c.dice.randint(540, 580)
    c.shape([(330, y - 90), (400, y - 160), (600, y - 160), (680, y - 90)], paint)
    c.shape([(362, y - 92), (414, y - 146), (496, y - 146), (496, y - 92)], (196, 216, 222))
    c.shape([(510, y - 92), (510, y - 146), (590, y - 146), (644, y - 92)], (196, 216, 222))
    c.shape(
        [
            (230, y - 30),
            (250, y - 84),
            (340, y - 94),
            (680, y - 94),
            (742, y - 70),
            (750, y - 6),
            (236, y - 6),
        ],
        paint,
    )
    for x in (330, 650):
        c.round(x, y, 48, 46, (50, 50, 54))
        c.round(x, y, 20, 19, (180, 182, 184))
    c.round(250, y - 52, 12, 14, (248, 232, 170))


def meter(c: Canvas) -> None:
    """A parking machine with a note."""
    grounds.street(c)
    c.box(420, 210, 120, 270, (72, 96, 120))
    c.box(440, 240, 80, 60, (196, 214, 200))
    c.box(444, 330, 30, 14, (40, 42, 46))
    c.round(505, 338, 14, 14, (230, 196, 80))
    c.shape([(430, 380), (530, 372), (526, 404), (434, 410)], (246, 244, 236))
    c.line([(444, 392), (512, 388)], (200, 60, 56), 4)


def ice(c: Canvas) -> None:
    """A sheet of ice."""
    grounds.street(c)
    c.blob(470, 600, 330, 84, (214, 230, 238), rough=0.12, corners=20)
    for _ in range(9):
        x, y = c.dice.uniform(220, 700), c.dice.uniform(550, 650)
        c.line([(x, y), (x + c.dice.uniform(20, 60), y - 14)], (250, 252, 254), 4)
    c.speckles((0, 0, WIDTH, HEIGHT), 90, ((252, 252, 252),), 5)


def bridge(c: Canvas) -> None:
    """A footbridge whose railing is broken."""
    grounds.quay(c)
    c.shape(
        [(-10, 440), (480, 330), (970, 440), (970, 500), (480, 392), (-10, 500)], (166, 128, 92)
    )
    for x in range(20, 960, 92):
        top = 440 - 110 * (1 - abs(x - 480) / 490)
        gone = 500 < x < 600
        c.line([(x, top), (x + (40 if gone else 0), top - (50 if gone else 96))], (110, 90, 70), 9)
    c.line([(0, 346), (480, 238), (510, 244)], (110, 90, 70), 9)
    c.line([(610, 262), (960, 346)], (110, 90, 70), 9)


def works(c: Canvas) -> None:
    """A hole with a barrier."""
    grounds.street(c)
    c.blob(500, 600, 240, 60, (150, 116, 84))
    c.shape([(560, 560), (650, 470), (740, 566)], (176, 140, 100))
    for x in (190, 400):
        c.box(x, 470, 190, 34, (246, 244, 238))
        for n in range(4):
            c.shape(
                [
                    (x + 10 + n * 46, 504),
                    (x + 32 + n * 46, 470),
                    (x + 54 + n * 46, 470),
                    (x + 32 + n * 46, 504),
                ],
                (214, 70, 56),
                edge=0,
            )
        for leg in (x + 26, x + 164):
            c.line([(leg, 504), (leg, 580)], METAL, 7)
    c.round(295, 452, 16, 16, (246, 190, 60), lit=True)


def scooter(c: Canvas) -> None:
    """Scooters lying across the pavement."""
    grounds.pavement(c)
    for n in range(c.dice.randint(1, 3)):
        x, y = 260 + n * 130, 600 - n * 24
        colour = c.dice.choice(((70, 170, 150), (226, 120, 60), (80, 110, 190)))
        c.line([(x, y), (x + 210, y - 8)], colour, 16)
        c.line([(x + 210, y - 8), (x + 260, y - 130)], (60, 62, 66), 9)
        c.line([(x + 226, y - 142), (x + 292, y - 118)], (60, 62, 66), 9)
        for wheel in (x, x + 214):
            c.round(wheel, y + 12, 24, 24, (48, 48, 52))


def path(c: Canvas) -> None:
    """A cycle path with roots under it."""
    grounds.park(c)
    c.shape(
        [(300, HORIZON + 30), (520, HORIZON + 30), (860, HEIGHT + 10), (110, HEIGHT + 10)],
        (186, 104, 92),
        edge=0,
    )
    for y, spread in ((450, 80), (520, 140), (610, 210)):
        c.line([(440 - spread, y + 10), (450, y - 16), (470 + spread, y + 6)], (142, 78, 70), 8)
    c.line([(410, 370), (330, 720)], (240, 236, 226), 4)


def bicycle(c: Canvas, x: float, y: float, colour: Colour) -> None:
    """One bicycle."""
    for wheel in (x, x + 150):
        c.round(wheel, y, 52, 52, (0, 0, 0), edge=0)
        c.round(wheel, y, 47, 47, grounds.PAVING, edge=0)
        for n in range(6):
            a = n * math.pi / 6
            c.line(
                [
                    (wheel - 46 * math.cos(a), y - 46 * math.sin(a)),
                    (wheel + 46 * math.cos(a), y + 46 * math.sin(a)),
                ],
                (130, 130, 130),
                1.2,
            )
    for points in (
        ((x, y), (x + 46, y - 70), (x + 128, y - 72), (x + 70, y)),
        ((x + 46, y - 70), (x + 70, y)),
        ((x, y), (x + 70, y)),
        ((x + 120, y - 100), (x + 150, y)),
    ):
        c.line(list(points), colour, 7)
    c.line([(x + 30, y - 90), (x + 62, y - 92)], INK, 10)
    c.line([(x + 104, y - 104), (x + 140, y - 110)], INK, 7)


def bike(c: Canvas) -> None:
    """Bicycles at a rack."""
    grounds.pavement(c)
    for n in range(3):
        bicycle(
            c,
            150 + n * 210,
            560 + n * 22,
            c.dice.choice(((70, 96, 120), (160, 66, 60), (74, 110, 80))),
        )
    for x in range(150, 860, 90):
        c.line([(x, 600), (x, 500), (x + 40, 500), (x + 40, 600)], METAL, 5)


def shelter(c: Canvas) -> None:
    """A bus shelter with a broken pane."""
    grounds.street(c)
    c.box(250, 180, 460, 26, (70, 96, 110))
    for x in (262, 690):
        c.line([(x, 206), (x, 470)], (70, 96, 110), 10)
    c.box(276, 216, 200, 190, (204, 222, 226))
    c.shape(
        [(490, 216), (676, 216), (676, 300), (620, 270), (590, 320), (540, 262), (490, 310)],
        (204, 222, 226),
    )
    c.box(330, 420, 260, 16, WOOD)
    c.speckles((470, 450, 720, 540), 46, ((220, 236, 240), (190, 214, 222)), 7)


def charger(c: Canvas) -> None:
    """A car at a charging point."""
    car(c)
    c.box(800, 330, 70, 190, (236, 238, 236))
    c.box(814, 350, 42, 32, (208, 70, 60), lit=c.night)
    c.line([(812, 430), (770, 520), (742, 500)], (50, 52, 56), 8)
