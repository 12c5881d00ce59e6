"""The widget channel: visitors' browsers, with a session of 7 days, a live line, and the record as the one truth."""
