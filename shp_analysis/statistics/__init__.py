"""Statistics: arrays and frames in, values out. Knows no indicator, no area and no chart."""
