"""What would enter which meeting: rules, where ids stand, and how ids are compared."""
