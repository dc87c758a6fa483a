"""Running a pack: plan, execute the notebooks, check the pages, publish."""
