"""Text as tokens: spelling, words and what they may mean."""
