"""`python -m shp_analysis.cli` is the command `shp`."""

from shp_analysis.cli.app import main

main()
