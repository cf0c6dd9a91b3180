"""A request that takes several units of work: what they are, which may start, how they are judged, what is shown."""
