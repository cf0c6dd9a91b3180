"""The first steps: five small pages, each of which can be left out; nothing is required to start."""
