"""Finding a person's particulars in free text, and masking them: names, numbers, addresses, dates of birth."""
