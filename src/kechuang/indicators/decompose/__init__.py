"""What a figure is made of: contributions to its change, figures by any field, amounts shared out and made to agree.

``factors`` (LMDI, Shapley), ``changes`` (totals and ratios by parts), ``balance``, ``rounding``, ``paths`` and
``biproportion`` are pure functions on arrays; ``makeup`` says what an indicator is made of, ``parts`` and
``contributions`` bring the two together.
"""
