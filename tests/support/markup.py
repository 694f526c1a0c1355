"""What the standard's own parser has to say about a page's HTML."""

import html5lib


def faults_of(text: str) -> list[str]:
    """Every parse error with its line; an HTML that needs no repair has none."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    lines = text.splitlines() or [""]
    return [
        f"line {line}, {code}: {lines[min(line, len(lines)) - 1].strip()[:120]}"
        for (line, _column), code, _more in parser.errors
    ]
