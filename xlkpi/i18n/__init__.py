"""What people read, in three languages; and languages, numbers as text.

One message file for each reader, so that whoever changes a word finds it by where it is read, and nothing is loaded
that nobody reads:

- `workbook_templates/labels.toml`: the words of forms, summaries and guides, for managers and HR (`labels.words`).
- `workbook_templates/problems.toml`: what is wrong in a form or a roster that came back, and what to do
  (`problems.Problem`). These two lie with the templates, since a company may put them in its own words.
- `faults.toml`: role and company files, for whoever writes them (`message_files.FAULTS`).
- `commands.toml`: the command line and the add-ins (`message_files.COMMANDS`). What speaks of a form or of a rule is
  there in its language; what only the command line says is in simplified Chinese.
- `messages.toml`: rules and scores (`messages.say`). Its keys are the Chinese texts themselves.

Whatever is said about a form is in the form's language. A text that a language lacks is an error of ours.
"""
