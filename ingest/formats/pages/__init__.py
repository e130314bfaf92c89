"""Web pages: HTML, saved archives (MHT), lists of links."""
