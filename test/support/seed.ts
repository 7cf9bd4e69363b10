import fc from 'fast-check';

/** Where what is left to chance begins: the same for every run, unless `npm run fuzz` begins elsewhere. */
export const seed = Number(process.env['FUZZ_SEED'] ?? 0);

fc.configureGlobal({ seed });
