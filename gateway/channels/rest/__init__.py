"""The REST channel, for integrations: Rasa's own REST form."""
