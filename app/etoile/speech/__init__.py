"""Speech: the microphone, the speech model, the voice and the talk key."""
