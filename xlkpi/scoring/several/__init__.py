"""The score of an indicator that several people rate: the points of every rating by its share.

Doors: `combined.combined` in Python, `native.native_combined` as a built-in formula. Ratings, shares and cells are
those of the person, the superior and the others, in this order. The first two are levels of the rule; the third is a
number of points on the rule's scale, or the word for nobody: then the share of the others goes to the first two in
proportion. A rating with share 0 is not read.
"""
