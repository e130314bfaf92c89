"""What a text says about itself: title, issuer and level, numbers, dates, what it repeals; and the curated ledger."""
