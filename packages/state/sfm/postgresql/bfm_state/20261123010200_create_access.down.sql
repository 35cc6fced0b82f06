UPDATE state_version SET version = '20261123010100';
DROP TABLE slot_waiter;
DROP TABLE connection_slot;
DROP TABLE slot_store;
DROP TABLE idempotency_key;
DROP TABLE audit;
DROP TABLE token;
DROP FUNCTION guard_token();
