"""Files good and bad, made here: nothing of it lies in the repository."""

import io
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image

from tests.support.pdf import pdf_bytes


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def with_password(*, user: str, owner: str) -> bytes:
    pdf = pikepdf.open(io.BytesIO(pdf_bytes("behind a door")))
    return saved(pdf, encryption=pikepdf.Encryption(user=user, owner=owner))


def with_attached(content: bytes, name: str = "notes.zip") -> bytes:
    pdf = pikepdf.open(io.BytesIO(pdf_bytes("with an attachment")))
    pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content)
    return saved(pdf)


def locked_zip() -> bytes:
    """A zip that says of its one entry that a password is needed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("notes.txt", b"nothing to see here, " * 20)
    whole = bytearray(out.getvalue())
    whole[6] |= 1  # general purpose flag of the local header
    whole[whole.index(b"PK\x01\x02") + 8] |= 1  # and of the directory
    return bytes(whole)


def with_pages(count: int) -> bytes:
    pdf = pikepdf.new()
    for _number in range(count):
        pdf.add_blank_page()
    return saved(pdf)


def with_box(side: int) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.pages[0].obj.MediaBox = pikepdf.Array([0, 0, side, side])
    return saved(pdf)


def stream_bomb() -> bytes:
    """A hundred megabytes of drawing in a file of a hundred kilobytes."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(zlib.compress(b"q Q " * 25_000_000, 9), filter=pikepdf.Name.FlateDecode)
    pdf.pages[0].Contents = stream
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def layered_bomb() -> bytes:
    """The same behind two layers, of which the outer one unpacks to little."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, b"")
    packed = zlib.compress(zlib.compress(b"q Q " * 25_000_000, 9), 9)
    names = [pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]
    stream.write(packed, filter=pikepdf.Array(names))
    pdf.pages[0].Contents = stream
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def acting() -> bytes:
    """Scripts, launches, an attachment, a form, an action on a page, and words about the author."""
    pdf = pikepdf.open(io.BytesIO(pdf_bytes("an honest line")))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
    pdf.Root.OpenAction = script
    pdf.Root.AA = pikepdf.Dictionary(WC=script)
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), script]))
    )
    pdf.attachments["hidden.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ hidden")
    page = pdf.pages[0]
    page.obj.AA = pikepdf.Dictionary(O=launch)
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([0, 0, 100, 100]),
        A=launch,
    )
    page.obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]), XFA=pikepdf.String("<xfa>"))
    pdf.docinfo["/Author"] = "Somebody Secret"
    return saved(pdf)


def run_length_bomb() -> bytes:
    """Two hundred megabytes of blanks under a packing that the first look does not unpack."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(b"\x81 " * 1_600_000 + b"\x80", filter=pikepdf.Name.RunLengthDecode)
    pdf.pages[0].Contents = stream
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def inherited_box() -> bytes:
    """A page that takes its size from its parent, as many programs write it."""
    pdf = pikepdf.open(io.BytesIO(pdf_bytes("inherits")))
    page = pdf.pages[0].obj
    pdf.Root.Pages.MediaBox = page.MediaBox
    del page["/MediaBox"]
    return saved(pdf)


def picture(form: str = "JPEG", *, size: tuple[int, int] = (400, 300), turned: int = 1) -> bytes:
    """A red picture with a black corner; `turned` is the camera's note on which side is up."""
    image = Image.new("RGB", size, (200, 20, 20))
    image.paste((0, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Camera of Somebody"
    exif.get_ifd(0x8825)[2] = (30.0, 2.0, 3.0)
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def pixel_bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "password": (lambda: with_password(user="x", owner="y"), "has a password"),
    "no page": (lambda: saved(pikepdf.new()), "has no page"),
    "20,000 pages": (lambda: with_pages(20_000), "has 20,000 pages"),
    "a page as large as a field": (lambda: with_box(14_401), "larger than any paper"),
    "a stream of 100 MB": (stream_bomb, "unpacks to far more"),
    "a bomb in a wrapper": (layered_bomb, "unpacks to far more"),
    "a bomb packed otherwise": (run_length_bomb, "unpacks to far more"),
    "only a name": (lambda: b"%PDF-1.7\nnothing\n%%EOF", "damaged"),
    "20,000 x 20,000 pixels": (pixel_bomb, "too large"),
    "half a picture": (lambda: picture()[:2000], "breaks off"),
    "a picture's head alone": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "breaks off"),
}
