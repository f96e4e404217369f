"""How returns are asked for, brought, reviewed and proved: what an office does with records.

``levels`` which offices must accept · ``submission`` drafts and what is sent again · ``findings``
warnings and their explanations · ``steps`` the way a batch went · ``locks`` closed periods ·
``workdays``, ``deadlines``, ``due``, ``reminders`` who owes what by when · ``sampling``, ``visits``
verification on site · ``evidence`` attachments · ``desk.Workflow`` the door to all of them.
"""

from kechuang.records import database  # noqa: F401 - makes the models importable
