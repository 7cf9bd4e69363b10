/**
 * `npm run bench -- NAME [arguments]`: runs one benchmark. Each prints one JSON object a line on standard output; what
 * people like to know besides goes to standard error.
 */
const benches: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<void> }>>> = {
  allocation: () => import('./allocation.ts'),
  commit: () => import('./commit.ts'),
  'cold-start': () => import('./cold-start.ts'),
  eligibility: () => import('./eligibility.ts'),
  filing: () => import('./filing.ts'),
  memory: () => import('./memory.ts'),
  matching: () => import('./matching.ts'),
  portal: () => import('./portal.ts'),
  'registry-import': () => import('./registry-import.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!load) {
  console.error(`Name a benchmark: npm run bench -- ${Object.keys(benches).join('|')}`);
  process.exit(1);
}
try {
  await (await load()).run(args);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
