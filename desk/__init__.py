"""The desk: where coordinators take over conversations, review them and look after the whole."""
