"""One order, and the register of the authorities that may issue one."""
