DROP TRIGGER dashboards_keep_revision ON dashboards;

DROP FUNCTION keep_dashboard_revision();

DROP TABLE dashboard_revisions;
