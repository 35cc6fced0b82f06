DROP POLICY customers_all ON customers;

DROP POLICY customers_stay_small ON customers;

DROP POLICY customers_see_themselves ON customers;
