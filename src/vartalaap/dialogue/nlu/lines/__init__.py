"""Lines that callers might say, by language and script, each with what it means: the models are fitted to them."""
