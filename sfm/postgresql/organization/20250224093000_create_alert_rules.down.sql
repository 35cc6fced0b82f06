DROP TABLE alert_rule_channels;

DROP TABLE alert_rules;
