"""Forms held against what the company's history keeps of them."""
