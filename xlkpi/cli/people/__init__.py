"""Commands for the people of an appraisal: targets agreed, raters, appeals, results, and closing a quarter."""
