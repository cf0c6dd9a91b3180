"""How much must be known before anything is called a habit; apart, since it is looked at before habits are counted."""

from datetime import timedelta

SPAN = timedelta(days=56)
"""What lies further back is no habit any more."""
ENOUGH_DAYS = 5
"""Days, or occasions, on which a habit was seen."""
