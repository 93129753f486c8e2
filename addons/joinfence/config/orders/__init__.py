"""The file of one order, and the register of the authorities that may issue orders."""
