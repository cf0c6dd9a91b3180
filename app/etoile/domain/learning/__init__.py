"""What is learned from what was asked: other wordings of commands, habits of the day, habits of order.

Nothing here runs anything.  What is found is offered, and the user takes it or refuses it for good.
"""
