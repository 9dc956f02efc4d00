# ruff: noqa: S311 - dice for a demo, not for secrets
"""Small pictures for invented reports, plainly drawn: nobody takes them for a real place."""

from io import BytesIO
from random import Random

from PIL import Image, ImageFilter

from backend.city.demo.photos.canvas import HEIGHT, SCALE, WIDTH, Canvas
from backend.city.demo.photos.scenes import SCENES
from backend.city.demo.shapes import PhotoRecipe

PHOTO_KINDS = tuple(SCENES)
QUALITY = 86


def draw_photo(recipe: PhotoRecipe) -> bytes:
    """A JPEG of 960 by 720 pixels; the same bytes for the same recipe."""
    canvas = Canvas(Random(f"{recipe.kind} {recipe.seed}"), night=recipe.night)
    SCENES[recipe.kind](canvas)
    image = canvas.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    if recipe.night:
        image = Image.blend(image, image.filter(ImageFilter.GaussianBlur(6)), 0.25)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


__all__ = ["PHOTO_KINDS", "SCALE", "draw_photo"]
