"""The public door: what visitors and integrations reach. Rasa stands behind it, on loopback."""
