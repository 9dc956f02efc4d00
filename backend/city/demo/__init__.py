"""An invented history for a demo city: reports laid out in time and space, and drawn photos."""

from backend.city.demo.history import demo_reports
from backend.city.demo.photos import PHOTO_KINDS, draw_photo
from backend.city.demo.shapes import DemoReport, DemoStep, PhotoRecipe

__all__ = ["PHOTO_KINDS", "DemoReport", "DemoStep", "PhotoRecipe", "demo_reports", "draw_photo"]
