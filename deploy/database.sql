-- The time limits that the product asks for at connection, given to the role instead: a start-up
-- option does not pass PgBouncer in transaction mode.
ALTER ROLE rounds SET statement_timeout = '10s';
ALTER ROLE rounds SET lock_timeout = '3s';
ALTER ROLE rounds SET idle_in_transaction_session_timeout = '30s';
