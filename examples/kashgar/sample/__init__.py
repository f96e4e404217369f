"""The sample records of the Kashgar example, one module for each kind."""
