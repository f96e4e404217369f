"""Whether a page's picture is a scan of writing, or a map or photograph that a plan may well have."""

from __future__ import annotations

import io
from typing import Any

_LONGEST = 160  # pixels a side are enough to tell colours
_MOST_PIXELS = 80_000_000


def looks_scanned(stream: Any) -> bool:
    """True where the picture is grey or black and white, as scans are, or cannot be looked at.

    ``stream`` is the image as pdfminer gives it. A picture with much colour is a map, a photograph or a cover.
    """
    try:
        return _colour(stream) < 0.12
    except Exception:  # damaged or of a form that needs a decoder of its own (fax, JBIG2): scans are
        return True


def _colour(stream: Any) -> float:
    """The mean saturation of the picture, 0 to 1."""
    from pdfminer.pdftypes import resolve1
    from PIL import Image

    width, height = int(resolve1(stream["Width"])), int(resolve1(stream["Height"]))
    if width * height > _MOST_PIXELS or int(resolve1(stream.get("BitsPerComponent", 8))) < 8:
        return 0.0
    filters = [getattr(name, "name", "") for name, _ in stream.get_filters()]
    if filters and filters[-1] in ("DCTDecode", "DCT", "JPXDecode"):
        picture: Image.Image = Image.open(io.BytesIO(stream.get_data()))
    else:
        data = stream.get_data()
        mode = {1: "L", 3: "RGB", 4: "CMYK"}[len(data) // (width * height)]
        picture = Image.frombytes(
            mode, (width, height), data[: width * height * len(Image.new(mode, (1, 1)).getbands())]
        )
    if picture.width * picture.height > _MOST_PIXELS:
        return 0.0
    picture.draft("RGB", (_LONGEST, _LONGEST))
    small = picture.convert("RGB").resize((min(_LONGEST, picture.width), min(_LONGEST, picture.height)))
    histogram = small.convert("HSV").getchannel("S").histogram()
    return sum(value * count for value, count in enumerate(histogram)) / 255 / sum(histogram)
