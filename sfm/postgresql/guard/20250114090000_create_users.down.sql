DROP TABLE guard.users;
