"""Files that come in pieces or several at once, as a browser sends them."""

import datetime as dt
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applicants.documents.models import Document
from tests.factories.visits import client_of
from tests.support.pdf import pdf_bytes
from usce.accounts.models import User
from usce.files import uploads
from usce.files.incoming import CHUNK_BYTES, MOST_BEGUN_A_MINUTE
from usce.files.models import Blob, Incoming
from usce.files.streams import open_plain

CONTENT = pdf_bytes("in pieces") + os.urandom(CHUNK_BYTES)


@pytest.fixture
def client(amina: User) -> Client:
    return client_of(amina)


def begun(client: Client, name: str = "passport.pdf", size: int = len(CONTENT)) -> dict[str, str]:
    answer = client.post("/documents/incoming/begin", {"name": name, "size": size})
    assert answer.status_code == 201
    told: dict[str, str] = answer.json()
    return told


def piece(client: Client, address: str, start: int, content: bytes = CONTENT) -> tuple[int, int]:
    body = content[start : start + CHUNK_BYTES]
    answer = client.post(
        address, body, "application/octet-stream", headers={"Upload-Offset": str(start)}
    )
    return answer.status_code, answer.json()["received"]


def sent(client: Client) -> str:
    told = begun(client)
    for start in range(0, len(CONTENT), CHUNK_BYTES):
        piece(client, told["address"], start)
    return told["id"]


def test_paper_whose_file_came_in_pieces(client: Client) -> None:
    upload = sent(client)
    page = client.get(f"/documents/add?kind=photo&upload={upload}").content.decode()
    assert "passport.pdf" in page
    assert 'type="file"' not in page
    form = {"upload": upload, "issued_on": "2026-01-05"}
    answer = client.post("/documents/add?kind=photo", form)
    paper = Document.objects.get()
    assert answer["Location"] == f"/documents/{paper.public_id}"
    assert paper.file_name == "passport.pdf"
    assert b"".join(open_plain(paper.blob)) == CONTENT
    assert not Incoming.objects.exists()
    again = client.post("/documents/add?kind=photo", form)
    assert (again.status_code, b"no longer here" in again.content) == (422, True)


def test_wrong_date_costs_no_second_upload(client: Client) -> None:
    form = {"upload": sent(client), "issued_on": "2999-01-05"}
    answer = client.post("/documents/add?kind=photo", form)
    assert answer.status_code == 409
    assert "passport.pdf" in answer.content.decode()
    assert not Blob.objects.exists()
    client.post("/documents/add?kind=photo", form | {"issued_on": "2026-01-05"})
    assert Document.objects.count() == 1


def test_after_a_dropped_line_it_goes_on_where_it_stopped(client: Client) -> None:
    address = begun(client)["address"]
    assert piece(client, address, 0) == (200, CHUNK_BYTES)
    assert piece(client, address, 0) == (409, CHUNK_BYTES)
    assert client.get(address).json()["received"] == CHUNK_BYTES
    waiting = client.get("/documents/incoming").content.decode()
    assert "arrived before the line broke" in waiting
    assert begun(client)["address"] == address
    assert piece(client, address, CHUNK_BYTES) == (200, len(CONTENT))


def test_several_files_without_a_script(client: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.pdf", pdf_bytes(str(n))) for n in range(3)]
    answer = client.post("/documents/incoming", {"papers": files})
    assert answer["Location"] == "/documents/incoming"
    page = client.get("/documents/incoming").content.decode()
    assert [f">{n}.pdf<" in page for n in range(3)] == [True] * 3
    assert "3 files wait" in client.get("/documents").content.decode()
    first = Incoming.objects.order_by("id")[0]
    client.post(f"/documents/incoming/{first.public_id}/forget")
    assert Incoming.objects.count() == 2
    choose = client.get(f"/documents/add?kind=&upload={first.public_id}").content.decode()
    assert f'value="{first.public_id}"' in choose


@pytest.mark.parametrize(
    ("files", "status", "words"),
    [([], 422, "Choose one file"), ([b""], 422, "empty"), ([b"x", b""], 422, "empty")],
)
def test_several_of_which_one_is_wrong(
    client: Client, files: list[bytes], status: int, words: str
) -> None:
    given = [SimpleUploadedFile(f"{n}.pdf", content) for n, content in enumerate(files)]
    answer = client.post("/documents/incoming", {"papers": given})
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not Incoming.objects.exists()


def test_what_is_no_request_for_a_piece(client: Client) -> None:
    assert client.post("/documents/incoming/begin", {"name": "a", "size": "-1"}).status_code == 400
    assert client.post("/documents/incoming/begin", {"name": "a"}).status_code == 400
    too_large = client.post("/documents/incoming/begin", {"name": "a", "size": 10**11})
    assert (too_large.status_code, "larger than" in too_large.json()["sentence"]) == (409, True)
    address = begun(client)["address"]
    assert client.post(address, b"x", "application/octet-stream").status_code == 400


def test_others_find_no_file_of_hers(client: Client, dora: User, chen: User) -> None:
    address = begun(client)["address"]
    for person in (dora, chen):
        assert client_of(person).get(address).status_code == 404
        assert client_of(person).post(f"{address}/forget").status_code == 404
    upload = sent(client)
    stolen = client_of(dora).post("/documents/add?kind=photo", {"upload": upload})
    assert stolen.status_code == 422
    assert client_of(chen).get("/documents/incoming").status_code == 403


def test_thousands_in_a_minute_meet_a_clear_sentence(client: Client, dora: User) -> None:
    for number in range(MOST_BEGUN_A_MINUTE):
        client.post("/documents/incoming/begin", {"name": f"{number % 5}", "size": 10})
    answer = client.post("/documents/incoming/begin", {"name": "more", "size": 10})
    assert (answer.status_code, answer.json()["sentence"][:16]) == (429, "That was tried t")
    assert begun(client_of(dora))


def test_plain_uploads_are_counted_too(
    client: Client, dora: User, monkeypatch: pytest.MonkeyPatch, now: dt.datetime
) -> None:
    monkeypatch.setattr(uploads, "MOST_A_MINUTE", 2)

    def add(person: Client, number: int) -> int:
        file = SimpleUploadedFile(f"{number}.pdf", pdf_bytes(str(number)))
        form = {"file": file, "issued_on": "2026-01-05"}
        return person.post("/documents/add?kind=photo", form).status_code

    assert [add(client, number) for number in range(4)] == [302, 302, 429, 429]
    assert add(client_of(dora), 5) == 302
