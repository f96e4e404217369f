"""The office and the public: the same functions on pages, for whoever never opens a terminal.

``site`` makes a Django site of one workspace · ``access`` says who may open which page · ``accounts``
log in and out, set-up, users · ``rooms`` the pages, one module a room · ``standing`` the figures pages
show, computed once for each state of the records · ``marks`` the small drawings set in text.
"""
