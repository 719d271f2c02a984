"""What a company settles about the people of an appraisal: who rates and how that counts, what follows from grades."""
