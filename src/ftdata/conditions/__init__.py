"""Conditions of the user's own: what SQL may say about one row, and what it says of each."""

from ftdata.conditions.verdicts import judge
from ftdata.conditions.words import FUNCTIONS, date_order, dated, expression

__all__ = ["FUNCTIONS", "date_order", "dated", "expression", "judge"]
