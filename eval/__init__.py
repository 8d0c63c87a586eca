"""How well utterances are understood: scoring of any folder of labelled lines, for Vartalaap and for other tools."""
