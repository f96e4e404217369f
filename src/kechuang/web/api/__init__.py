"""The office for programs: everything a page shows, as JSON, under ``/api/``.

``endpoints`` the register in which every operation says who may use it · ``door`` who calls, and whether they
may · ``tokens`` what programs show instead of a password · ``rate`` how often · ``refusals`` errors in one form ·
``answers`` the schemas · ``reading``, ``office``, ``registers``, ``batches`` the operations · ``interface``
the addresses made of all of them, with ``openapi.json``.
"""
