"""Readers of published files, one for each publisher: a delivery becomes tidy, validated records or is refused."""
