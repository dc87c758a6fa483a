"""The briefing as a document: what a board reads, and what may be printed in it.

`parts` and `data_tables` are what a notebook's calls return; `wording` and `checks` say what a page may say;
`exporter` turns an executed notebook into one self-contained HTML file. Nothing is imported here, so that a
notebook which only draws parts does not load nbconvert.
"""
