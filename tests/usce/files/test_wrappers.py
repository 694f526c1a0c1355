"""The test virus in whatever it may come wrapped: refused, or gone from what is served."""

import base64
import datetime as dt
import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable

import pikepdf
import pytest

from tests.support.pdf import pdf_bytes
from tests.usce.files import corpus
from tests.usce.files.conftest import Uploader
from tests.usce.files.test_files import pdf_around, zipped
from usce.accounts.models import User
from usce.devstack.scanner.engine import EICAR, find
from usce.files.actions import scan_blob, store_upload
from usce.files.models import Derivative
from usce.files.queries import checks_of
from usce.files.states import BlobState
from usce.files.streams import download, open_derivative


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
        archive.writestr("word/embeddings/oleObject1.bin", EICAR)
    return out.getvalue()


def tar_gz() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo("cv.pdf")
        entry.size = len(EICAR)
        archive.addfile(entry, io.BytesIO(EICAR))
    return out.getvalue()


WRAPPED: dict[str, Callable[[], bytes]] = {
    "plain": lambda: EICAR,
    "zip": lambda: zipped(EICAR),
    "zip in zip": lambda: zipped(zipped(EICAR)),
    "gzip": lambda: gzip.compress(EICAR),
    "tar.gz": tar_gz,
    "docx": docx,
    "PDF comment": lambda: pdf_bytes() + b"\n%" + EICAR + b"\n%%EOF\n",
    "PDF stream": lambda: pdf_around(EICAR),
    "PDF attachment": lambda: corpus.with_attached(EICAR, "notes.txt"),
    "zip as PDF attachment": lambda: corpus.with_attached(zipped(EICAR)),
    "PDF attachment in base64": lambda: corpus.with_attached(base64.b64encode(EICAR), "notes.txt"),
    "PNG trailer": lambda: corpus.picture("PNG") + EICAR,
    "JPEG with a zip behind it": lambda: corpus.picture() + zipped(EICAR),
    "HTML before a PDF": lambda: b"<html>" + EICAR + b"</html>\n" + pdf_bytes(),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_virus_in_a_wrapper_harms_nobody(
    upload: Uploader, amina: User, now: dt.datetime, scanner: str, name: str
) -> None:
    blob = store_upload(upload(WRAPPED[name](), "cv.pdf"), owner=amina, now=now)
    scan_blob(blob, now=now)
    if blob.state == BlobState.REFUSED:
        failed = checks_of(blob).filter(result="failed").last()
        assert failed
        assert failed.detail
        return
    assert blob.state == BlobState.CLEAN
    served = b"".join(download(blob, "cv.pdf").streaming_content)  # type: ignore[arg-type]
    for content in (served, *(b"".join(open_derivative(d)) for d in Derivative.objects.all())):
        assert find(content) == ""
        assert base64.b64encode(EICAR)[:40] not in content


def test_locked_attachment_is_called_locked_or_is_gone(
    upload: Uploader, amina: User, now: dt.datetime, scanner: str
) -> None:
    """Scanners differ in what they find in a PDF; none of it is called harmful or served."""
    content = corpus.with_attached(corpus.locked_zip())
    blob = store_upload(upload(content, "cv.pdf"), owner=amina, now=now)
    scan_blob(blob, now=now)
    if blob.state == BlobState.REFUSED:
        assert "has a password" in checks_of(blob).get(result="failed").detail
        return
    served = b"".join(download(blob, "cv.pdf").streaming_content)  # type: ignore[arg-type]
    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert len(pdf.attachments) == 0


def test_most_wrappers_are_refused_outright(
    upload: Uploader, amina: User, now: dt.datetime, scanner: str
) -> None:
    """Only what a scanner does not unpack is left to the reader, which drops it."""
    for name in ("plain", "zip", "docx", "PDF comment", "PDF stream"):
        blob = store_upload(upload(WRAPPED[name](), "cv.pdf"), owner=amina, now=now)
        scan_blob(blob, now=now)
        assert blob.state == BlobState.REFUSED, name
