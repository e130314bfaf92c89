"""OFD (GB/T 33190): pages of placed text become lines."""
