"""Fetching what publishers offer openly: the only part of the project that uses the network, and only when asked.

A file comes in pieces that survive a broken line (`parts`), politely (`patience`, `transfer`), over https from an
address that is written in a list or found on a page (`addresses`), and then goes through the store's own door
(`rounds`): it is taken in whole, or refused and the store left as it was.
"""

from shp_analysis.fetching.retry_policy import RetryPolicy
from shp_analysis.fetching.rounds import Fetched, Outcome, fetch, list_fetchable, list_readable_sources

__all__ = ["Fetched", "Outcome", "RetryPolicy", "fetch", "list_fetchable", "list_readable_sources"]
