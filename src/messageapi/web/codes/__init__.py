"""The codes that an error can carry: what each means and what to do next; one file for each part of the product."""
