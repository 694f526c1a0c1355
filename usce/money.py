"""Money in whole cents of a U.S. dollar: one rounding rule, one formatter."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, order=True)
class Money:
    cents: int

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - other.cents)

    def __mul__(self, times: int) -> "Money":
        return Money(self.cents * times)

    def __neg__(self) -> "Money":
        return Money(-self.cents)

    def __bool__(self) -> bool:
        return self.cents != 0

    def percent(self, rate: Decimal) -> "Money":
        """The given percentage of this sum, half a cent rounded away from zero."""
        exact = Decimal(self.cents) * rate / 100
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        dollars, cents = divmod(abs(self.cents), 100)
        return f"{sign}${dollars:,}.{cents:02d}"
