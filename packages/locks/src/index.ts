/**
 * Leases: time-bounded locks on PostgreSQL, etcd and Redis behind the engine's port. They keep others waiting; the fence in
 * each target is what makes a late holder powerless.
 */
export {};
