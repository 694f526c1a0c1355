"""What can be said about a paper without a database, a setting or a clock."""
