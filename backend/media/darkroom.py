"""Develops one photo in a process of its own: bounded memory, bounded time, pixels only.

Run as a script: the image comes on standard input, a JSON line and the finished JPEGs leave on
standard output. Nothing of the original file but its pixels survives; place and time are read
first and handed back as a suggestion. It imports nothing of the house, so that it starts fast
and can reach nothing.
"""

import io
import json
import resource
import struct
import sys
import warnings

MEMORY = 900 * 1024 * 1024
CPU_SECONDS = 20
MOST_PIXELS = 50_000_000  # phones of today; 12 MP needs about 84 MiB
LONGEST_SIDE = 16_000
SIZES = {"small": 400, "medium": 1024, "large": 2048}
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


def _degrees(parts: object, reference: object) -> float | None:
    try:
        d, m, s = (float(p) for p in parts)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = d + m / 60 + s / 3600
    return -value if str(reference) in ("S", "W") else value


def _where_and_when(image: object) -> dict[str, object]:
    """The place and the moment that the camera noted, if it did."""
    found: dict[str, object] = {"gps": None, "taken_at": None}
    try:
        exif = image.getexif()  # type: ignore[attr-defined]
        gps, detail = exif.get_ifd(0x8825), exif.get_ifd(0x8769)
        lat, lon = _degrees(gps.get(2), gps.get(1)), _degrees(gps.get(4), gps.get(3))
        if (
            lat is not None
            and lon is not None
            and abs(lat) <= 90
            and abs(lon) <= 180
            and (lat or lon)
        ):
            found["gps"] = [lon, lat]
        moment = detail.get(0x9003)
        if isinstance(moment, str) and len(moment) == 19:
            day, clock = moment.split(" ")
            offset = detail.get(0x9011)
            found["taken_at"] = f"{day.replace(':', '-')}T{clock}" + (
                offset if isinstance(offset, str) else ""
            )
    except Exception:
        return {"gps": None, "taken_at": None}
    return found


def develop(data: bytes) -> tuple[dict[str, object], list[bytes]]:
    """Rebuild an image from its pixels in three sizes; ValueError says what is wrong with it."""
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:
        raise ValueError("kind") from error
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise ValueError("size")
    header = _where_and_when(image)
    try:
        image.draft("RGB", (2048, 2048))
        image.load()
        upright = ImageOps.exif_transpose(image) or image
        if upright.mode in ("RGBA", "LA", "PA", "P"):
            upright = upright.convert("RGBA")
            paper = Image.new("RGB", upright.size, "white")
            paper.paste(upright, mask=upright.getchannel("A"))
            upright = paper
        upright = upright.convert("RGB")
        pixels = Image.frombytes("RGB", upright.size, upright.tobytes())
    except Exception as error:
        raise ValueError("broken") from error
    sizes, blobs = {}, []
    for name, side in SIZES.items():
        copy = pixels.copy()
        copy.thumbnail((side, side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        copy.save(out, "JPEG", quality=82, optimize=True, progressive=True)
        blobs.append(out.getvalue())
        sizes[name] = [copy.width, copy.height, len(blobs[-1])]
    header["sizes"] = sizes
    return header, blobs


def main() -> int:
    """Read, develop, write; exit code 3 with a word on standard error when the image is refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        header, blobs = develop(sys.stdin.buffer.read())
    except ValueError as error:
        sys.stderr.write(str(error))
        return 3
    except MemoryError:
        sys.stderr.write("size")
        return 3
    line = json.dumps(header).encode()
    out = sys.stdout.buffer
    out.write(struct.pack(">I", len(line)) + line + b"".join(blobs))
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
