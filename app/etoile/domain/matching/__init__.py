"""From the words of a request to a command of Etoile's own, or to none: `matcher` is the way in.

Nothing is imported here: what compares words is needed where nothing is matched.
"""
