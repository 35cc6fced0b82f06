DROP TABLE cost_allocations;
