"""What the assistant knows: passages in our own words, each tied to the lines of a source document."""
