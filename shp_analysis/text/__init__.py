"""Values into words: one writer for each idea, so that a wording is changed in one place."""
