import os
import signal
from pathlib import Path


def kill(pid: int) -> None:
    """Send SIGKILL, and wait until the process is gone (or a zombie that nobody collects)."""
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        pass


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
