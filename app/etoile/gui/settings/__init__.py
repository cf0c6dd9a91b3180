"""The settings window, over the settings file: both may change it, and each sees what the other did."""
