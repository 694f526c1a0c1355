"""What the image's build and the composition rely on, as far as it can be seen without a daemon."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def build_env() -> dict[str, str]:
    lines = (ROOT / "deploy" / "build.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def manage(*command: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    """A command under the settings with which the image is built, and nothing of ours beside."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **build_env(), **changed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_passes_the_deployment_checks(tmp_path: Path) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (
        0,
        "System check identified no issues (2 silenced).\n",
    ), done.stderr


def test_production_does_not_start_with_a_test_key(tmp_path: Path) -> None:
    done = manage("check", DATA_DIR=str(tmp_path), STRIPE_SECRET_KEY="sk_test_x")
    assert done.returncode != 0
    assert done.stderr.endswith("STRIPE_SECRET_KEY is not a live key.\n")


def test_image_copies_every_package_and_leaves_the_devstack_out() -> None:
    lines = (ROOT / "Dockerfile").read_text()
    copied = {name for line in re.findall(r"^COPY (?!--)(.+) \S+$", lines, re.MULTILINE)
              for name in line.split()}  # fmt: skip
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks"}
    assert packages | {"manage.py", "templates", "static"} <= copied
    assert all((ROOT / name).exists() for name in copied)
    assert "rm -r usce/devstack" in lines


def test_example_asks_for_all_that_the_composition_needs() -> None:
    asked = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    needed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert needed - asked == {"VERSION"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_leans_on_what_is_there(name: str) -> None:
    service = SERVICES[name]
    assert {*service.get("depends_on", ())} <= {*SERVICES}
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        # The certificates are the operator's own.
        assert (
            source in COMPOSE["volumes"]
            or source == "./deploy/certificates"
            or (ROOT / source).is_file()
        )


def test_two_webs_two_workers_and_one_beat() -> None:
    replicas = {name: SERVICES[name].get("deploy", {}).get("replicas", 1) for name in SERVICES}
    assert (replicas["web"], replicas["worker"], replicas["beat"]) == (2, 2, 1)
