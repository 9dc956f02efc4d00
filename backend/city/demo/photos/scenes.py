"""Every picture by the name that a recipe uses."""

from collections.abc import Callable

from backend.city.demo.photos import places, roads
from backend.city.demo.photos.canvas import Canvas

SCENES: dict[str, Callable[[Canvas], None]] = {
    "pothole": roads.pothole,
    "pavement": roads.paving,
    "cover": roads.cover,
    "lamp": roads.lamp,
    "signal": roads.signal,
    "sign": roads.sign,
    "car": roads.car,
    "meter": roads.meter,
    "ice": roads.ice,
    "bridge": roads.bridge,
    "works": roads.works,
    "scooter": roads.scooter,
    "path": roads.path,
    "bike": roads.bike,
    "shelter": roads.shelter,
    "charger": roads.charger,
    "bin": places.litter_bin,
    "container": places.container,
    "dump": places.dump,
    "litter": places.litter,
    "tree": places.tree,
    "weeds": places.weeds,
    "flowers": places.flowers,
    "rat": places.rat,
    "drain": places.drain,
    "leak": places.leak,
    "water": places.water,
    "graffiti": places.graffiti,
    "bench": places.bench,
    "fountain": places.fountain,
    "playground": places.playground,
    "pool": places.pool,
}
