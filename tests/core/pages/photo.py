"""A photo as a phone takes it: large, with the place in its EXIF block."""

import io

from PIL import Image
from PIL.TiffImagePlugin import IFDRational


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    seconds = round(((value - whole) * 60 - minutes) * 60 * 1000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(seconds, 1000)


def jpeg_with_place(lat: float, lon: float) -> bytes:
    """A JPEG of 3000 by 2000 that says where it was taken, north and east."""
    photo = Image.new("RGB", (3000, 2000), (90, 120, 140))
    exif = photo.getexif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", _degrees(lat), "E", _degrees(lon)
    exif.get_ifd(0x8769)[0x9003] = "2026:11:21 18:40:00"
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif)
    return out.getvalue()
