"""Which meetings a request or message would enter: rules, where ids stand, and how ids are compared."""
