"""Checks that an operator's branding leaves every page complete and harmless, before the branding is used.

A template can go wrong in ways that reading it does not show: it can leave out the authority in one language
only, hide the end of the order with an attribute, or fail on an order with two laws. So the templates are
tried out. Example refusals, in which every text is unique, are rendered in every language. The text that a
reader would see is searched for each text that a refusal must contain, and the markup for anything that is
not known to neither load, send nor hide anything.
"""
