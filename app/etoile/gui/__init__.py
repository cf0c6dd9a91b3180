"""Qt: the bridge, the tray icon and the floating window."""
