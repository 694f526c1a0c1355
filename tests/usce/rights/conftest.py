import datetime as dt
import io
import zipfile

import pytest

from rotations.providers.models import Provider
from tests.conftest import person
from tests.factories.lives import Life, a_whole_life
from usce.accounts.models import StaffRole, User
from usce.files.streams import open_original
from usce.rights.actions import ask_export, make_export
from usce.rights.models import DataExport


@pytest.fixture
def trudy(db: None) -> User:
    """She works for trust, as staff."""
    return person("trudy@example.test", "Trudy Bell", staff_roles=[StaffRole.TRUST])


@pytest.fixture
def life(provider: Provider, bruno: User, scanner: object, now: dt.datetime) -> Life:
    return a_whole_life(provider, bruno, now)


def exported(user: User, now: dt.datetime) -> DataExport:
    export = ask_export(user, actor=user, now=now)
    make_export(export, now=now)
    export.refresh_from_db()
    return export


def archive_of(export: DataExport) -> dict[str, bytes]:
    assert export.blob is not None
    content = b"".join(open_original(export.blob))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
