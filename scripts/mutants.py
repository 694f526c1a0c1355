"""Change what moves money and seats by one thing at a time: some test must notice each.

What is changed, and which tests watch it, stands in pyproject.toml ([tool.mutmut]). A change that
means the same is listed in tests/mutants.txt with the reason; any other that no test notices ends
this with an error. Names (`usce.money*`) try those alone.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / "tests" / "mutants.txt"
LOG = ROOT / ".cache" / "mutants.log"
NOTICED = {"killed", "timeout"}
MUTMUT = [sys.executable, "-m", "mutmut"]


def found() -> dict[str, str]:
    """Each change that was tried, and what became of it."""
    told = subprocess.run(
        [*MUTMUT, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows = re.findall(r"^ +(\S+): (.+)$", told.stdout, re.MULTILINE)
    return {name: became for name, became in rows if became != "not checked"}


def listed() -> set[str]:
    lines = LISTED.read_text().splitlines()
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def difference(name: str) -> str:
    shown = subprocess.run(
        [*MUTMUT, "show", name], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "\n".join(re.findall(r"^[-+](?![-+]).*$", shown.stdout, re.MULTILINE))


def main(names: list[str]) -> int:
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    run = [*MUTMUT, "run", "--max-children", "1", *names]
    with LOG.open("w") as log:
        subprocess.run(run, cwd=ROOT, stdout=log, check=True)
    tried = found()
    unnoticed = {name for name, became in tried.items() if became not in NOTICED}
    expected = listed() & set(tried)
    for name in sorted(unnoticed - expected):
        print(f"{name}: {tried[name]}\n{difference(name)}\n")
    for name in sorted(expected - unnoticed):
        print(f"{name} stands in {LISTED.name}, but a test notices it.")
    print(
        f"{len(tried)} changes tried, {len(unnoticed)} unnoticed, {len(expected)} of them listed."
    )
    return int(unnoticed != expected)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
