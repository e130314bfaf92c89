"""The change radar (法规变动): what a new version changes, and what of ours rests on it."""
