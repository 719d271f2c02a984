"""Where the cells of blocks stand that only some companies have on their forms."""
