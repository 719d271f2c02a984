"""A letter to one superior, and the draft (.eml) that Outlook and other mail programs open for somebody to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from xlkpi.i18n.message_files import COMMANDS

FORMS, REMINDER, GUIDES = KINDS = ("forms", "reminder", "guides")
"""What a letter is for: to hand out forms; to ask for those that lack; to hand out guides."""

_TYPES = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".html": ("text", "html"),
}


@dataclass(frozen=True)
class Letter:
    """A letter. to: the address, "" where it is not known. attachments: files, each with its name in the letter."""

    superior: str
    to: str
    subject: str
    text: str
    attachments: tuple[tuple[str, Path], ...]


def letter(
    kind: str,
    superior: str,
    values: Mapping[str, object],
    attachments: Sequence[tuple[str, Path]],
    *,
    to: str = "",
    language: str,
) -> Letter:
    """A letter of a kind. values: of its text: quarter, count, names, until, lines, attached."""
    subject = COMMANDS(f"send_subject_{kind}", language, **values)
    text = COMMANDS(f"send_text_{kind}", language, superior=superior, **values)
    lines = "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
    return Letter(superior, to, subject, f"{lines}\n", tuple(attachments))


def draft(one: Letter) -> bytes:
    """The letter as a draft: without sender and date, and marked as not sent. Raises OSError."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"  # Outlook opens it for editing
    message["Subject"] = one.subject
    if one.to:
        message["To"] = one.to
    message.set_content(one.text, cte="base64")
    for name, path in one.attachments:
        main, sub = _TYPES.get(path.suffix.lower(), ("application", "octet-stream"))
        message.add_attachment(path.read_bytes(), main, sub, cte="base64", filename=name)
    return message.as_bytes()
