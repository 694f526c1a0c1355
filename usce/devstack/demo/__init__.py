"""Invented providers, people and prices: what `make run` shows. Nothing here exists."""
