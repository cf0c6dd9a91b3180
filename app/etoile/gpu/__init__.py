"""GPUs: NVML, simulated ones, and the monitor that reads them."""
