import { afterAll, vi } from 'vitest';

// A worker goes on with the next file: what one has changed of its process, and not put back, is put back here.
const before = { ...process.env };

afterAll(() => {
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
