import fc from 'fast-check';

/**
 * fast-check with one seed for every property, so that a suite that was green stays green until something changes.
 * `BFM_PROPERTY_SEED` gives another one: `npm run properties` tries many.
 */
fc.configureGlobal({ seed: Number(process.env['BFM_PROPERTY_SEED'] ?? 1) });

export { fc };
