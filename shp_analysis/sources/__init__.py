"""One module a publisher: what its files look like, and `read_*` functions that return tidy, validated records.

Nothing outside this folder sees a publisher's column names. Every refusal is a `SourceError` that names the file,
the column, the row and the value, says what was allowed and what to do.
"""
