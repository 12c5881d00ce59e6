"""Channels: each folder reads its own payload and gives the reply in its own form."""
