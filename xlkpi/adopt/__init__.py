"""Takes in the appraisal tables that companies have: finds them on sheets and makes drafts of roles (`RoleDraft`).

Door: `xlkpi.adopt.adoption.adopt(path)`. May use everything below: rules, catalogue, xlsx. What a table leaves open
becomes a question; what is not understood is kept as text. Nothing is guessed that would change a score.
"""
