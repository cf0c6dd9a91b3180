"""Language models on the nodes: dialects, health, routing, and the built-in guide."""
