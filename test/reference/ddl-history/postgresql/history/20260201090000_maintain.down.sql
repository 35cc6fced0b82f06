-- bfm: transaction=none

-- What was tidied up stays so, and no catalog tells.
ANALYZE customers;
