"""Stop the services of DATA_DIR and delete it, also what lies elsewhere on its behalf."""

import os
import shutil
import sys
from pathlib import Path

from usce.devstack.services import remove_services


def main() -> int:
    data_dir = Path(os.environ.get("DATA_DIR", ".data")).absolute()
    for folder in (data_dir / "test", data_dir):
        if folder.exists() and not remove_services(folder):
            print(f"{folder} is in use. Stop make run or make test first.", file=sys.stderr)
            return 1
    shutil.rmtree(data_dir, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
