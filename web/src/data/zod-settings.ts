/** Schemas here run without code that is made at run time, which the content security policy refuses. Imported first. */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
