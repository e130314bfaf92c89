"""How a text is built, and how each kind is split into passages. `kinds` is the one place that decides."""
