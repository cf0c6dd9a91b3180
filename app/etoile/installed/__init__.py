"""How Etoile lives on a computer: how it is started, whether with the session, and its data taken along or put back."""
