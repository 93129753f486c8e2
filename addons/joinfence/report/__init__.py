"""The transparency report: facts to one data set, and the data set to JSON, CSV, HTML and other forms."""
