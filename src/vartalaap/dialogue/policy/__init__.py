"""What to do with what was understood: understanding and state in, dialogue acts out."""
