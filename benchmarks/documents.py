"""`python -m benchmarks.documents`: what reading papers costs, without Django around it.

Documents a minute are by the processor time of one core, the scanner not counted; memory is the
largest of all children.
"""

import io
import os
import resource
import time
from collections.abc import Callable
from functools import partial

import pikepdf
from PIL import Image

from usce.files.cage import Seen, mark, read

PDF, JPEG = "application/pdf", "image/jpeg"
TIMES = 3


def main() -> None:
    print("\npaper                     KB in  parts  CPU s  wall s  a minute and core")
    total, count = 0.0, 0
    for name, (media_type, content) in papers().items():
        cpu, wall, parts = _cost(partial(_read, media_type, content))
        total, count = total + cpu, count + 1
        row = f"{len(content) / 1024:8.0f} {parts:6} {cpu:6.2f} {wall:7.2f} {60 / cpu:9.0f}"
        print(f"{name:<23}{row}")
    page = scan(1545, 2000)
    cpu, wall, _parts = _cost(lambda: sum(len(c) for p in mark("Chen", [page]) for c in p.chunks))
    print(f"{'a name across a page':<23}{len(page) / 1024:8.0f} {1:6} {cpu:6.2f} {wall:7.2f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{60 * count / total:.0f} papers a minute and core of this mix; peak {peak:.0f} MB")


def papers() -> dict[str, tuple[str, bytes]]:
    return {
        "one page of text": (PDF, paper(1)),
        "ten scanned pages": (PDF, paper(10, scan(1240, 1754))),
        "photo of 12 megapixels": (JPEG, scan(4000, 3000)),
        "photo of 39 megapixels": (JPEG, scan(7300, 5400)),
    }


def scan(width: int, height: int) -> bytes:
    """A picture with some grain, as cameras make them."""
    grain = Image.frombytes("L", (256, 256), os.urandom(65_536)).resize((width, height))
    out = io.BytesIO()
    grain.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def paper(pages: int, picture: bytes = b"") -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    for _number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        if picture:
            stream = pikepdf.Stream(pdf, picture)
            stream.update(
                {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image}
                | {"/Width": 1240, "/Height": 1754, "/BitsPerComponent": 8}
                | {"/ColorSpace": pikepdf.Name.DeviceRGB, "/Filter": pikepdf.Name.DCTDecode}
            )
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=stream))
            page.Contents = pikepdf.Stream(pdf, b"595 0 0 842 0 0 cm /I Do")
        else:
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            lines = b"(A line of a letter, as offices write them) Tj 0 -14 Td " * 50
            page.Contents = pikepdf.Stream(pdf, b"BT /F 11 Tf 60 780 Td " + lines + b"ET")
    pdf.save(out)
    return out.getvalue()


def _read(media_type: str, content: bytes) -> int:
    parts, report = 0, list[Seen]()
    for part in read(media_type, [content], report=report):
        parts += 1
        for _chunk in part.chunks:
            pass
    if not report or any(row.problem for row in report):
        raise RuntimeError(f"it was refused: {report}")
    return parts


def _cost(work: Callable[[], int]) -> tuple[float, float, int]:
    """Processor seconds of the children, wall seconds, and what came of it; the mean of some."""
    began, before, made = time.monotonic(), _children(), 0
    for _time in range(TIMES):
        made = work()
    return (_children() - before) / TIMES, (time.monotonic() - began) / TIMES, made


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
