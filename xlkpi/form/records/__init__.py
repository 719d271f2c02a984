"""What a company's history keeps of forms besides what was issued: targets agreed, ratings, rulings."""
