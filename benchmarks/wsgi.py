"""The product with the floor page beside it."""

from pathlib import Path

from django.conf import settings
from django.urls import path

from usce.wsgi import application

__all__ = ["application"]

settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")


def _mount() -> None:
    from benchmarks.floor import page  # noqa: PLC0415 -- its models need Django to be set up
    from usce.urls import urlpatterns  # noqa: PLC0415 -- as above

    urlpatterns.append(path("floor", page))


_mount()
