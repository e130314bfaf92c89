"""Pages of paper: PDF, scans, pictures. Text layer, layout, ruled tables, character recognition, mending of lines."""
