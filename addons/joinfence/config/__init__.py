"""Configuration files to checked values, one folder per kind of file.

`yaml/` reads any document with positions, `orders/` one order and the register of authorities, `order_store/`
a folder of orders, `approvals/` the signatures of orders, `services/` the rule files, and `demands/` the
register of demands received. The modules here read the main file and the small files it names.
"""
