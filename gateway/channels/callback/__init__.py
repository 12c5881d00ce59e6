"""The callback channel, for integrations that cannot wait: messages are acknowledged at once, replies are pushed."""
