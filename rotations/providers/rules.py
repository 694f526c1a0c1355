"""Numbers that can be checked by themselves (pure)."""

NPI_PREFIX = "80840"
NPI_DIGITS = 10


def npi_is_possible(npi: str) -> bool:
    """Whether the check digit fits: Luhn over the number with the issuer's prefix 80840.

    Says nothing about who holds the number. Source: CMS, NPI check digit, 45 CFR 162.406.
    """
    if len(npi) != NPI_DIGITS or not (npi.isascii() and npi.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(NPI_PREFIX + npi)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
