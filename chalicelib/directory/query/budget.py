"""How many read units one request may use (a unit is two eventually consistent reads of up to 4 KB).

At $0.125 for a million units on demand in us-east-1, a search that uses all of `HARD_CAP` costs $6.25 for a million.
"""

from __future__ import annotations

HARD_CAP = 50
"""Maximum read units per page, whatever the query."""
INDEX_UNITS = 40
"""Read units after which no further index read starts. A page needs up to 10 more for its 20 cards."""
CARD_UNITS = 0.5
"""Units of one listing: at most 4 KB."""
TOTAL_UNITS = 40
"""Units for reading the index when the total or facets are asked for: two terms in every block of a million holders
use 33."""
FACET_CARDS = 180
"""Listings that are read for facets: with `TOTAL_UNITS` and a page they stay below 140 units."""
