"""Which kind of task a request is, for what no command takes: decides which node and model answer it."""
