"""`python -m vartalaap` is the `vartalaap` command."""

from .cli import main

main()
