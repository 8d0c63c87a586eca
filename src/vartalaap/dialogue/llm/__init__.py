"""The model's part in a conversation: what it is told, what it may ask for, and what of it is spoken."""
