"""What is said, in three languages: languages, messages, labels, problems, numbers as text."""
