"""Files people take away: answers, checklists, due dates and inspection records. Bytes out; nothing is written."""
