DROP TABLE slo_measurements;
