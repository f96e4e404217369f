"""Webhooks: other systems are told when something happens here.

``happenings`` reads the audit chain and says what a receiver is told · ``receivers`` registered by an
administrator · ``sending`` one signed request, never into a network it should not reach · ``courier`` the thread
that carries notices, again and again where it must · ``desk`` the pages.
"""
