from pathlib import Path


class ServiceError(Exception):
    """A service cannot run; the message is the sentence that the terminal shows."""


def tail(log: Path, lines: int = 15) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
