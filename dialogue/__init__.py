"""What a conversation knows of itself, and how that changes what a message means. Pure code: no Rasa, no network, no clock."""
