"""Values into words: one writer for each idea, so that a wording is changed in one place.

A sentence is written here and printed; no code searches, cuts or compares it. What must be grouped, chosen or sorted is
done with the values that it is written from.
"""
