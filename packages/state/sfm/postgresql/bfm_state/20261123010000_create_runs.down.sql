DROP TABLE run_event;
DROP TABLE step;
ALTER TABLE run DROP CONSTRAINT run_fence_has_attempt;
DROP TABLE attempt;
DROP TABLE run;
DROP FUNCTION guard_run();
DROP TABLE state_version;
