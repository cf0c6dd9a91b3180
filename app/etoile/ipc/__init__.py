"""The running app and its callers: one local socket, spoken without Qt."""
