DROP TABLE dashboard_panels;

DROP FUNCTION refuse_too_many_panels();
