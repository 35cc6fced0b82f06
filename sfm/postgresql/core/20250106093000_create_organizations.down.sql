DROP TABLE core.organizations;
