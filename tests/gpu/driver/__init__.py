"""A simulated NVIDIA driver in C."""
