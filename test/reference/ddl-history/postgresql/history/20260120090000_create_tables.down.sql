DROP TABLE recent_orders, big_orders;

DROP TABLE fragile_parcels, parcels;

DROP TABLE special_orders;

DROP TABLE orders_draft;

DROP TABLE sessions;

DROP TABLE people;

DROP TABLE orders;

DROP TABLE customers;
