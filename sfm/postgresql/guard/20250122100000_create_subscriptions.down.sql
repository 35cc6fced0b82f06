DROP TABLE guard.subscriptions;
