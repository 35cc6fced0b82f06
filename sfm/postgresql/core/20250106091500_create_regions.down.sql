DROP TABLE core.regions;
