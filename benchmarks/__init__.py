"""Ratios in one run on one machine, against a floor page: never a time that a test asserts."""
