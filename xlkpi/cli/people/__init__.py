"""Commands for the people of an appraisal: targets agreed, raters, appeals, and closing a quarter."""
