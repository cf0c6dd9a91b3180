"""What the choice of a node is made of; the choice itself is `etoile.domain.plan`."""
