DROP TABLE analytics_report_runs;

DROP TABLE analytics_report_queries;

DROP TABLE analytics_reports;
