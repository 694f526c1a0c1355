"""Where uploads lie: a private folder, or a private bucket."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage


def private_storage(url: str | None = None) -> Storage:
    """The storage that FILES_URL names: `file:///folder` or `s3://bucket?region=...`."""
    place = urlsplit(url or settings.FILES_URL)
    if place.scheme == "s3":
        # boto3 is only needed, and only imported, where a bucket is used.
        from storages.backends.s3 import S3Storage  # noqa: PLC0415 -- an optional, heavy import

        options: dict[str, Any] = dict(parse_qsl(place.query))
        bucket: Storage = S3Storage(
            bucket_name=place.netloc,
            region_name=options.get("region"),
            endpoint_url=options.get("endpoint"),
            default_acl="private",
            querystring_auth=True,
            file_overwrite=False,
        )
        return bucket
    folder = Path(place.path)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return FileSystemStorage(
        location=folder, file_permissions_mode=0o600, directory_permissions_mode=0o700
    )
