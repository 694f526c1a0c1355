"""Run by the cage as a program of its own: reads one file, writes a clean copy, pages and text.

It imports nothing of Rounds, and gets the bytes on its input; told `pages`, several pictures, each
after a line with its size, which become one PDF. On its output it writes parts: a
line of JSON (`kind`, `number`, `media_type`, `width`, `height`, `size`), then so many bytes. The
last part is the report: checks with `name`, `problem` (a sentence, or nothing) and `seen`.
"""

import io
import json
import resource
import sys
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

MEMORY_BYTES = 448 * 1024 * 1024  # with its worker it stays under 600 MB
CPU_SECONDS = 25
MOST_PAGES = 40
LONGEST_BOX = 14_400
MOST_STREAM_BYTES = 20_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 3000
LONGEST_PAGE_SIDE = 2000
PAPER_POINTS = 842  # the longer side of A4
MOST_TEXT = 200_000
KEPT_OF_PAGE = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit")
ACTIVE_KEYS = ("/A", "/AA", "/AF", "/EF", "/JS", "/OpenAction", "/PA", "/Metadata", "/PieceInfo")
ACTIVE = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"}
    | {"/Rendition", "/RichMediaExecute", "/Movie", "/Sound", "/Hide", "/Named", "/ResetForm"}
)


class Unfit(Exception):  # noqa: N818 -- said of the file
    """The file cannot be taken: which check found it, and a sentence for its owner."""

    def __init__(self, check: str, sentence: str) -> None:
        super().__init__(sentence)
        self.check = check


def main(kind: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    raw = sys.stdin.buffer.read()
    checks: list[dict[str, str]] = []
    try:
        read = {"application/pdf": read_pdf, "pages": read_pages}.get(kind, read_picture)
        for name, seen in read(raw):
            checks.append({"name": name, "problem": "", "seen": seen})
    except Unfit as unfit:
        checks.append({"name": unfit.check, "problem": str(unfit), "seen": ""})
    write("report", json.dumps(checks).encode())


def write(kind: str, content: bytes, **more: Any) -> None:
    header = {"kind": kind, "size": len(content), **more}
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


def read_pdf(raw: bytes) -> Iterator[tuple[str, str]]:
    import pikepdf  # noqa: PLC0415 -- after the limits are set

    try:
        pdf = pikepdf.open(io.BytesIO(raw))
    except pikepdf.PasswordError as error:
        sentence = "This PDF has a password. Save a copy without it and upload that."
        raise Unfit("structure", sentence) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        sentence = "This PDF is damaged. Save or print it as PDF once more and upload that."
        raise Unfit("structure", sentence) from error
    yield "structure", _measured(pdf)
    active = _active_in(pdf)
    cleaned = _cleaned(pdf)
    _measured(pikepdf.open(io.BytesIO(cleaned)))  # what was packed otherwise is deflated now
    write("cleaned", cleaned, media_type="application/pdf", number=0)
    yield "active content", f"{active} removed" if active else "none"
    yield "pages", _drawn(cleaned)


def _measured(pdf: Any) -> str:
    """Refuse what is too much before anything of it is unpacked."""
    count = len(pdf.pages)
    if not count:
        raise Unfit("structure", "This PDF has no page. Save it as PDF once more.")
    if count > MOST_PAGES:
        raise Unfit(
            "structure",
            f"This PDF has {count:,} pages; at most {MOST_PAGES} are taken. Upload the pages that "
            "matter.",
        )
    for page in pdf.pages:
        box = [abs(float(side)) for side in page.mediabox]
        if max(box) > LONGEST_BOX:
            raise Unfit("structure", "A page of this PDF is larger than any paper. Scan it anew.")
    for thing in pdf.objects:
        if _is_stream(thing):
            _refuse_bomb(thing)
    return f"{count} page{'' if count == 1 else 's'}"


def _is_stream(thing: Any) -> bool:
    import pikepdf  # noqa: PLC0415 -- after the limits are set

    return isinstance(thing, pikepdf.Stream)


def _refuse_bomb(stream: Any) -> None:
    if stream.get("/Subtype") == "/Image":
        if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > MOST_PIXELS:
            raise Unfit("structure", "A picture in this PDF is too large. Scan it at 300 dpi.")
        return
    filters = stream.get("/Filter", [])
    names = [str(filters)] if not hasattr(filters, "__len__") or isinstance(filters, str) else []
    names = names or [str(name) for name in _listed(filters)]
    content = bytes(stream.read_raw_bytes())
    for name in names:
        if name != "/FlateDecode":
            return
        content = _inflated(content)


def _listed(filters: Any) -> list[Any]:
    import pikepdf  # noqa: PLC0415 -- after the limits are set

    return list(filters) if isinstance(filters, pikepdf.Array) else [filters]


def _inflated(content: bytes) -> bytes:
    unpack = zlib.decompressobj()
    try:
        found = unpack.decompress(content, MOST_STREAM_BYTES)
    except zlib.error:
        return b""
    if unpack.unconsumed_tail:
        sentence = "A page of this PDF unpacks to far more than paper holds. Print it as PDF anew."
        raise Unfit("structure", sentence)
    return found


def _active_in(pdf: Any) -> int:
    """How many things that act by themselves the file holds."""
    found = 0
    for thing in pdf.objects:
        if _is_dictionary(thing):
            found += sum(1 for key in ("/JS", "/AA", "/OpenAction", "/EF") if key in thing)
            found += str(thing.get("/S", "")) in ACTIVE
    return found


def _is_dictionary(thing: Any) -> bool:
    import pikepdf  # noqa: PLC0415 -- after the limits are set

    return isinstance(thing, pikepdf.Dictionary)


def _cleaned(pdf: Any) -> bytes:
    """Forms become what they show; then only the pages go over into a new file."""
    import pikepdf  # noqa: PLC0415 -- after the limits are set

    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")
    fresh = pikepdf.new()
    fresh.pages.extend(pdf.pages)
    for page in fresh.pages:
        for key in list(page.obj.keys()):
            if key not in (*KEPT_OF_PAGE, "/Parent"):
                del page.obj[key]
    for thing in fresh.objects:
        if _is_dictionary(thing) or _is_stream(thing):
            _disarm(thing)
    out = io.BytesIO()
    fresh.remove_unreferenced_resources()
    fresh.save(
        out,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.specialized,
    )
    return out.getvalue()


def _disarm(thing: Any) -> None:
    for key in ACTIVE_KEYS:
        if key in thing:
            del thing[key]
    if str(thing.get("/S", "")) in ACTIVE:
        del thing["/S"]


def _drawn(cleaned: bytes) -> str:
    """Each page as a picture, and the text of all, from the clean copy."""
    import pypdfium2  # noqa: PLC0415 -- after the limits are set

    words: list[str] = []
    document = pypdfium2.PdfDocument(cleaned)
    for number, page in enumerate(document, 1):
        scale = min(2.0, LONGEST_PAGE_SIDE / max(page.get_size()))
        picture = page.render(scale=scale).to_pil().convert("RGB")
        _write_page(number, picture)
        words.append(page.get_textpage().get_text_bounded())
    text = "\n".join(words).encode("utf-8", "replace").decode()[:MOST_TEXT]
    write("text", text.encode(), media_type="text/plain", number=0)
    return f"{len(words)} drawn, {len(text):,} characters of text"


def _write_page(number: int, picture: Any) -> None:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    width, height = picture.size
    write(
        "page", out.getvalue(), number=number, media_type="image/jpeg", width=width, height=height
    )


def read_picture(raw: bytes) -> Iterator[tuple[str, str]]:
    seen, picture = _unpacked(raw)
    yield "structure", seen
    write("cleaned", _as_jpeg(picture), media_type="image/jpeg", number=0)
    yield "active content", "picture drawn anew, its hidden data dropped"
    picture.thumbnail((LONGEST_PAGE_SIDE, LONGEST_PAGE_SIDE))
    _write_page(1, picture)
    yield "pages", "1 drawn"


def read_pages(raw: bytes) -> Iterator[tuple[str, str]]:
    import pikepdf  # noqa: PLC0415 -- after the limits are set

    pdf, source, number = pikepdf.new(), io.BytesIO(raw), 0
    while line := source.readline(20):
        number += 1
        try:
            _seen, picture = _unpacked(source.read(int(line)))
        except Unfit as unfit:
            raise Unfit(unfit.check, f"Page {number}: {unfit}") from unfit
        _add_page(pdf, picture)
    out = io.BytesIO()
    pdf.save(out)
    write("cleaned", out.getvalue(), media_type="application/pdf", number=0)
    yield "pages", f"{number} joined"


def _add_page(pdf: Any, picture: Any) -> None:
    import pikepdf  # noqa: PLC0415 -- after the limits are set

    width, height = picture.size
    stream = pikepdf.Stream(pdf, _as_jpeg(picture))
    stream.update(
        {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image}
        | {"/Width": width, "/Height": height, "/BitsPerComponent": 8}
        | {"/ColorSpace": pikepdf.Name.DeviceRGB, "/Filter": pikepdf.Name.DCTDecode}
    )
    scale = PAPER_POINTS / max(width, height)
    across, down = round(width * scale), round(height * scale)
    page = pdf.add_blank_page(page_size=(across, down))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=stream))
    page.Contents = pikepdf.Stream(pdf, b"%d 0 0 %d 0 0 cm /I Do" % (across, down))


def _unpacked(raw: bytes) -> tuple[str, Any]:
    """What it was, and the picture itself, upright."""
    import pi_heif  # noqa: PLC0415 -- after the limits are set
    from PIL import Image  # noqa: PLC0415 -- as above

    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        opened = Image.open(io.BytesIO(raw), formats=["JPEG", "PNG", "WEBP", "HEIF"])
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise Unfit("picture", "This picture is too large. Take it once more at a usual size.")
        return f"{opened.format}, {width} x {height}", _upright(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        sentence = "This picture is too large. Take it once more at a usual size."
        raise Unfit("picture", sentence) from error
    except (OSError, SyntaxError, ValueError) as error:
        sentence = "This picture is damaged or breaks off. Upload it once more."
        raise Unfit("picture", sentence) from error


def _as_jpeg(picture: Any) -> bytes:
    """Drawn anew, so that nothing but what one sees comes along."""
    from PIL import Image  # noqa: PLC0415 -- after the limits are set

    out = io.BytesIO()
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=88)
    return out.getvalue()


def _upright(opened: Any) -> Any:
    """Small enough before anything is copied, turned as the camera noted, on white if see-through.

    A JPEG is not even unpacked at its full size.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 -- after the limits are set

    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    if opened.has_transparency_data:
        seen_through = opened if opened.mode == "RGBA" else opened.convert("RGBA")
        picture = Image.new("RGB", opened.size, "white")
        picture.paste(seen_through, mask=seen_through)
        picture.info = opened.info
    else:
        picture = opened if opened.mode in ("RGB", "L", "CMYK") else opened.convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return ImageOps.exif_transpose(picture).convert("RGB")


if __name__ == "__main__":
    main(sys.argv[1])
