import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tablesPage } from './tables.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

/** Every page of docs/ that is written from something else: its path, and what writes it, given the repository. */
export const pages: Readonly<Record<string, (root: string) => string>> = {
  'docs/tables.md': tablesPage,
  'docs/third-party-notices.md': thirdPartyNotices,
};

/** The pages that are not what they would be if they were written now. */
export function stalePages(root: string): string[] {
  return Object.entries(pages)
    .filter(([path, write]) => {
      const file = join(root, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== write(root);
    })
    .map(([path]) => path);
}

/** Writes every page. */
export function writePages(root: string): void {
  for (const [path, write] of Object.entries(pages)) writeFileSync(join(root, path), write(root));
}
