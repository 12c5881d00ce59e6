"""What runs inside the Rasa server beside the NLU components: its one input channel."""
