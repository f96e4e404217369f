"""Accounts: the doors of the site, the first set-up, one's own account, and the list of all of them."""

from kechuang.web.accounts import mine, office, setup, tokens, vouched  # noqa: F401 - importing declares the pages
