"""Sets Etoile up in a checkout: system libraries, environment, locks.  Standard library only."""
