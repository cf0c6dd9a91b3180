"""What voice commands do to this computer, one file a kind."""
