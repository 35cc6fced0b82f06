DROP TABLE visits;

DROP TABLE measurements;
