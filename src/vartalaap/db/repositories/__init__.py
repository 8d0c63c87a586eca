"""What is kept, in the words of those who keep it. Two kinds of module, and none is both.

*Stores* are opened with the database, and each public method is one transaction: the ports of the core (the book, the
call log, the follow-ups), and whole acts such as a STOP. *Repositories* are given a session and take part in the
transaction that somebody else has begun with `Database.write` or `read`; they never commit.
"""
