DROP TABLE guard.user_two_factors;
