"""From ledger and notes to what a person reads: text, JSON, HTML; the story of one row; progress on a terminal."""
