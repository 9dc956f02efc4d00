"""Where a drawn thing stands: a street with houses, a lawn, a quay, a beach."""

from backend.city.demo.photos.canvas import HEIGHT, HORIZON, WALLS, WIDTH, Canvas, Colour

GRASS: Colour = (150, 178, 110)
ASPHALT: Colour = (122, 124, 128)
PAVING: Colour = (200, 192, 180)
WATER: Colour = (120, 160, 176)
SAND: Colour = (230, 212, 168)
LEAVES: tuple[Colour, ...] = ((108, 150, 88), (128, 164, 92), (92, 136, 96), (142, 166, 84))


def houses(c: Canvas, base: float = HORIZON + 40) -> None:
    """A row of houses with gables, doors and windows."""
    x = float(c.dice.randint(-90, -10))
    while x < WIDTH:
        width, height = c.dice.randint(120, 190), c.dice.randint(150, 230)
        wall = c.dice.choice(WALLS)
        c.box(x, base - height, width, height, wall)
        roof = c.dice.choice(((120, 70, 62), (88, 88, 98), (140, 88, 66)))
        middle = x + width / 2
        if c.dice.random() < 0.4:  # a stepped gable
            for n, step in enumerate((0.5, 0.34, 0.18)):
                c.box(
                    middle - width * step, base - height - 22 * (n + 1), width * step * 2, 24, wall
                )
        else:
            c.shape(
                [
                    (x - 8, base - height),
                    (middle, base - height - 66),
                    (x + width + 8, base - height),
                ],
                roof,
            )
        _openings(c, x, base, width, height)
        x += width + c.dice.choice((0, 0, 0, 26))


def _openings(c: Canvas, x: float, base: float, width: float, height: float) -> None:
    door = c.dice.choice(((70, 96, 88), (120, 60, 60), (64, 82, 120), (96, 84, 60)))
    c.box(x + width * 0.12, base - 70, 34, 70, door)
    for row in range(2):
        for column in (0.48, 0.76):
            lit = c.night and c.dice.random() < 0.5
            glass: Colour = (248, 214, 130) if lit else (190, 212, 220)
            c.box(
                x + width * column - 14,
                base - height + 26 + row * 68,
                30,
                40,
                glass,
                edge=2.5,
                lit=lit,
            )


def street(c: Canvas) -> None:
    """Houses, a pavement and a carriageway, seen from the kerb."""
    houses(c)
    c.box(-10, HORIZON + 38, WIDTH + 20, 70, PAVING, edge=0)
    for x in range(-40, WIDTH, 64):
        c.line([(x, HORIZON + 40), (x - 40, HORIZON + 106)], (168, 160, 150), 1.6)
    c.line([(0, HORIZON + 72), (WIDTH, HORIZON + 72)], (168, 160, 150), 1.6)
    c.box(-10, HORIZON + 106, WIDTH + 20, 12, (172, 168, 164), edge=2)
    c.box(-10, HORIZON + 118, WIDTH + 20, HEIGHT, ASPHALT, edge=0)
    c.speckles((0, HORIZON + 130, WIDTH, HEIGHT), 120, ((108, 110, 114), (138, 140, 142)), 2.5)


def pavement(c: Canvas) -> None:
    """A wide pavement of slabs in front of houses."""
    houses(c)
    c.box(-10, HORIZON + 38, WIDTH + 20, HEIGHT, PAVING, edge=0)
    for n, y in enumerate((60, 92, 136, 196, 276, 380)):
        c.line([(0, HORIZON + y), (WIDTH, HORIZON + y)], (166, 158, 148), 1.5 + n * 0.4)
    for x in range(-12, 13):
        c.line(
            [(WIDTH / 2 + x * 62, HORIZON + 40), (WIDTH / 2 + x * 190, HEIGHT)], (166, 158, 148), 2
        )


def park(c: Canvas) -> None:
    """A lawn with a path and trees behind."""
    for _ in range(9):
        x, size = c.dice.uniform(0, WIDTH), c.dice.uniform(60, 120)
        c.line([(x, HORIZON + 40), (x, HORIZON - 40)], (104, 82, 66), 12)
        c.blob(x, HORIZON - 70, size, size * 0.9, c.dice.choice(LEAVES), rough=0.1, corners=18)
    c.box(-10, HORIZON + 30, WIDTH + 20, HEIGHT, GRASS, edge=0)
    c.speckles((0, HORIZON + 40, WIDTH, HEIGHT), 160, ((132, 162, 96), (166, 190, 122)), 4)
    c.shape(
        [(380, HORIZON + 30), (460, HORIZON + 30), (760, HEIGHT + 10), (250, HEIGHT + 10)],
        (222, 208, 180),
        edge=0,
    )


def quay(c: Canvas) -> None:
    """Houses across the water, a quay in front."""
    houses(c, HORIZON)
    c.box(-10, HORIZON, WIDTH + 20, 190, WATER, edge=0)
    for _ in range(26):
        x, y = c.dice.uniform(0, WIDTH), c.dice.uniform(HORIZON + 20, HORIZON + 180)
        c.line([(x, y), (x + c.dice.uniform(20, 70), y)], (164, 196, 206), 2.4)
    c.box(-10, HORIZON + 186, WIDTH + 20, 20, (150, 144, 136))
    c.box(-10, HORIZON + 206, WIDTH + 20, HEIGHT, PAVING, edge=0)


def beach(c: Canvas) -> None:
    """Sea and sand."""
    c.box(-10, HORIZON - 40, WIDTH + 20, 100, WATER, edge=0)
    for y in (HORIZON - 10, HORIZON + 20, HORIZON + 50):
        c.line([(x, y + (x // 60 % 2) * 5) for x in range(0, WIDTH + 60, 60)], (226, 236, 236), 3)
    c.box(-10, HORIZON + 58, WIDTH + 20, HEIGHT, SAND, edge=0)
    c.speckles((0, HORIZON + 70, WIDTH, HEIGHT), 160, ((216, 196, 150), (240, 224, 186)), 3)
