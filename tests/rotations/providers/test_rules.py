import pytest

from rotations.providers.rules import npi_is_possible


@pytest.mark.parametrize("npi", ["1234567893", "1000000004", "1679576722"])
def test_npi_with_the_right_check_digit_is_possible(npi: str) -> None:
    assert npi_is_possible(npi)


@pytest.mark.parametrize(
    "npi", ["1234567890", "123456789", "12345678933", "", "12345 7893", "١٢٣٤٥٦٧٨٩٣", "123456789x"]
)
def test_other_numbers_are_not(npi: str) -> None:
    assert not npi_is_possible(npi)


def test_exactly_one_last_digit_fits() -> None:
    assert sum(npi_is_possible(f"198765432{digit}") for digit in range(10)) == 1
