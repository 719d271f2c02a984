"""Letters to superiors about a quarter's forms, as drafts for a mail program. Nothing is sent."""
