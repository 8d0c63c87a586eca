"""The reservation book: the rules (pure), the book as a port, and the two desks that use it."""
