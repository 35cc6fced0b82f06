/** Looks whether one part of the server works, and rejects when it does not, or gives a text that says how it is. */
export type HealthCheck = () => Promise<unknown>;
