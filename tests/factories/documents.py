import factory
from factory.django import DjangoModelFactory

from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from tests.factories.accounts import UserFactory
from tests.factories.payments import OPENED_AT
from usce.files.models import Blob


class BlobFactory(DjangoModelFactory[Blob]):
    class Meta:
        model = Blob

    owner = factory.SubFactory(UserFactory)
    storage_name = factory.Sequence(lambda n: f"test/{n}")
    size = 1000
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    created_at = OPENED_AT


class DocumentFactory(DjangoModelFactory[Document]):
    class Meta:
        model = Document

    owner = factory.SubFactory(UserFactory)
    kind = DocumentKind.CV
    blob = factory.SubFactory(BlobFactory, owner=factory.SelfAttribute("..owner"))
    file_name = "cv.pdf"
    uploaded_at = OPENED_AT
