UPDATE state_version SET version = '20261123010200';
ALTER TABLE step
  DROP CONSTRAINT step_outcome_fits,
  ADD CONSTRAINT step_outcome_fits CHECK (NOT (outcome = 'applied' AND direction = 'down') AND NOT (outcome = 'rolled_back' AND direction = 'up'));
