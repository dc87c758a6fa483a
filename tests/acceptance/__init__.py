"""The figures of published papers: what this project has to say of each."""
