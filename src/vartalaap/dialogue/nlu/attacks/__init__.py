"""Is an utterance an attack on the bot? Changes only what is answered, never what is allowed."""
