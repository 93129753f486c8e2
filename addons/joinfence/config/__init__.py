"""One folder per kind of file, from text to checked values.

`yaml/` reads any document with positions, `orders/` one order and the register, `order_store/` a folder of
orders, `approvals/` the signatures beside them, `services/` the rule files, and `demands/` the demands that
were received. The main file's own parts lie at the top.
"""
