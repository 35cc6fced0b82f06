DROP INDEX alert_rules_muted_until_idx;

DROP INDEX alert_rules_labels_idx;

ALTER TABLE alert_rules
  DROP CONSTRAINT alert_rules_labels_check,
  DROP COLUMN muted_until,
  DROP COLUMN labels;
