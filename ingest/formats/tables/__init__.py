"""Tables: XLSX, CSV, and how rows become lines that can be found alone."""
