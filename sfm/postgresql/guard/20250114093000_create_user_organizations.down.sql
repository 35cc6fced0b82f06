DROP TABLE guard.user_organizations;
