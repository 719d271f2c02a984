"""Sentence → rule: `parse.parse`, and `parse.read` with all that a row of a form knows.

Three principles decide every doubt here:

1. Every character is accounted for: it belongs to a word of the lexicon, a number, a name where a name may stand, or a
   comment of a known form. Otherwise the sentence is refused, and the refusal names what was not understood.
2. All readings are built. If two of them are different rules, the sentence is refused with a question; the refusal
   shows both as sentences to copy, and actuals for which they score differently.
3. A suggestion is made of the numbers, sides and points of the sentence itself, or there is none.

The stages, each a module or room that knows nothing of those behind it:

    characters → words   `lexicon.characters`: one spelling for width, script and numerals, with the place of each
                         character in the sentence as typed. `lexicon.words`: the longest word of the lexicon counts.
    words → clauses      `lexicon.patterns`: the sentence is cut into clauses by the patterns of the lexicon. Of all
                         cuts those are kept whose names and comments swallow the fewest words of the language.
    clauses → meanings   `parser.meanings`: numbers, sides, bounds and points of each clause. What only its neighbours
                         or the row can tell stays open.
    meanings → rules     `resolver`: whatever a sentence leaves open is a choice (`resolver.deciding`), and each way is
                         followed to its end. A way that contradicts itself (bands that overlap, a step against its own
                         condition, a limit below what it limits) is no reading.
    rules → one or none  `parser.questions`: one rule is the answer; several are the question.

Two decisions follow. A reading that survives alone is taken, as people take it: a bound that as an achievement would
leave a gap between two bands, and as an actual none, is an actual. And of readings that survive together none is
preferred for being likelier, because the other one may be what its author meant.
"""
