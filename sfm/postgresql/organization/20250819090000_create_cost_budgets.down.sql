DROP TABLE cost_budgets;

DROP DOMAIN money_amount;

DROP DOMAIN currency_code;
