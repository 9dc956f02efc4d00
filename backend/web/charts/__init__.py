"""Charts as SVG, drawn by the server: readable without JavaScript, a table stands beside each."""

from backend.web.charts.lines import Point, spark, trend
from backend.web.charts.maps import Shade, district_map
from backend.web.charts.wheel import Sector, Wedge, wheel

__all__ = ["Point", "Sector", "Shade", "Wedge", "district_map", "spark", "trend", "wheel"]
