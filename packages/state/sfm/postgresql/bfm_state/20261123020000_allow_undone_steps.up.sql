-- A step that the run has applied may be taken back by the same run, when another store of its unit has failed.
ALTER TABLE step
  DROP CONSTRAINT step_outcome_fits,
  ADD CONSTRAINT step_outcome_fits CHECK (NOT (outcome = 'applied' AND direction = 'down'));
UPDATE state_version SET version = '20261123020000';
