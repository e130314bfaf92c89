"""Word files: DOCX read from its XML; DOC, WPS and RTF through LibreOffice."""
