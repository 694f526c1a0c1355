"""Run by the cage as a program of its own: draws who looks, and when, across one page.

A JPEG on the input, one part in the reader's form on the output. The words are plain ASCII.
"""

import io
import json
import resource
import sys

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 10
MOST_PIXELS = 9_000_000
ANGLE = 28
SHADE = 80  # of 255: the paper stays legible through it


def main(words: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 -- after the limits are set

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    page = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["JPEG"]).convert("RGB")
    font = ImageFont.load_default(max(page.width // 36, 14))
    left, top, right, bottom = (round(side) for side in font.getbbox(words))
    step = bottom - top
    line = Image.new("L", (right - left + 4 * step, step * 7), 0)
    ImageDraw.Draw(line).text((2 * step - left, 3 * step - top), words, fill=255, font=font)
    tile = line.rotate(ANGLE, expand=True, resample=Image.Resampling.BICUBIC)
    mask = Image.new("L", page.size, 0)
    for row, y in enumerate(range(-tile.height // 3, page.height, tile.height)):
        shift = tile.width // 2 if row % 2 else 0
        for x in range(-shift, page.width, tile.width):
            mask.paste(SHADE, (x, y), tile)
    page.paste((90, 90, 90), mask=mask)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80)
    header = {"kind": "page", "size": out.tell(), "number": 0, "media_type": "image/jpeg"}
    report = json.dumps({"kind": "report", "size": 2}).encode() + b"\n[]"
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + out.getvalue() + report)


if __name__ == "__main__":
    main(sys.argv[1])
