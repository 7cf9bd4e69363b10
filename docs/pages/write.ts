/** `npm run pages`: writes every page that is made from something else; with `--check`, says which are stale. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stalePages, writePages } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

if (values.check) {
  for (const page of stalePages(root)) {
    process.stderr.write(`${page} is stale: run npm run pages, and commit what it writes\n`);
    process.exitCode = 1;
  }
} else writePages(root);
