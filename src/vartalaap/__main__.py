"""`python -m vartalaap` is the `vartalaap` command."""

from vartalaap.cli import main

main()
