"""What Etoile knows and decides: pure values and functions, without I/O and without Qt."""
