"""The tables: every word that is known, by language and script, for those who speak it to edit."""
