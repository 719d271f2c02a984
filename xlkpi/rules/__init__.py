"""The language of scoring rules: sentence ⇄ rule → built-in formula."""
