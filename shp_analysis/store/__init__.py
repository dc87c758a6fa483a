"""The store: every file as it was received, and tidy tables made from them that can be asked questions.

`raw/<source>/<date received>/` holds the files themselves and is never edited; `raw/received.csv` is the ledger, one
line a file with its sha256. `store/` holds Parquet tables made from them, which can be made again at any time. Nothing
is overwritten: where two archives hold the same month, both stay, and a question is answered from the one received
last on or before the day that is asked about (`as_of`).

Simulated data live in a folder of their own, `simulated/`, and so can never be mixed with real files.
"""
