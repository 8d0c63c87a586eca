"""What was fitted: made by `make understanding`, never edited by hand."""
