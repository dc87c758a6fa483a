"""What partners say and do: their comments on figures, the delivery plan, what the board asked, and the money.

Papers go out in two stages. A preview gives partners the raw figures and a form to comment on; the board edition sets
what came back beside the figures, dated and owned, and says where nothing came. Nothing here is computed from crime
records, and nothing that partners wrote is mixed with what is.
"""
