"""Texts for people in three languages; detecting languages; numbers as text. Imports nothing but the standard library.

Each kind of reader has a message file. So a text is found by where it is read, and a program loads only what it shows:

- `workbook_templates/labels.toml`: the labels of forms, summaries and guides, for managers and HR (`labels.words`).
- `workbook_templates/problems.toml`: problems in returned forms and rosters, with advice (`problems.Problem`). These
  two are beside the templates, because a company may reword them.
- `faults.toml`: faults in role and company files, for their authors (`message_files.FAULTS`).
- `books.toml`: the same for role workbooks, in their words; simplified Chinese only (`message_files.BOOKS`).
- `commands.toml`: the command line and the add-ins (`message_files.COMMANDS`). Messages about a form or a rule have
  three languages; messages of the command line alone are in simplified Chinese.
- `messages.toml`: messages about rules and scores (`messages.say`). Its keys are the Chinese texts.

Every message about a form is in the form's language. A text that a language lacks is an error of ours.
"""
