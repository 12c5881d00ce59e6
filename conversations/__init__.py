"""What a conversation, message, turn, case are: types, rules, allowed moves, and the only code that speaks SQL."""
