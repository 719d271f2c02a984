"""What is wrong in the blocks in which several people have their say."""
