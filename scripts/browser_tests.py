"""Run the browser suite where a Chromium is at hand; say so loudly where none is.

REQUIRE_BROWSER=1 (continuous integration) turns the missing browser into a failure.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        print("SKIPPED: browser tests, because no Chromium is on the PATH (apt install chromium).")
        return 1 if os.environ.get("REQUIRE_BROWSER") else 0
    # Each worker has a product of its own; whoever is done takes the next walk.
    one_by_one = ("--maxschedchunk", "1")
    command = [sys.executable, "-m", "pytest", *one_by_one, "tests/browser", *sys.argv[1:]]
    return subprocess.run(command, env=os.environ | {"CHROMIUM": chromium}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
