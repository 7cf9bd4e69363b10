import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from 'esbuild';

const repository = fileURLToPath(new URL('..', import.meta.url));
const shelf = join(repository, 'node_modules', '.cache', 'bundles');

/** Two branches and what was tried in between. */
const keptVersions = 10;

/**
 * Gives a directory with what `make` makes of the code in these folders, made by an earlier run when nothing of it has
 * changed since: bundling takes four fifths of the processor time of a synthesis. Read from it, never write to it.
 */
export async function keepBundles(
  folders: readonly string[],
  doors: readonly string[],
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const kept = join(shelf, fingerprint(folders, doors));
  if (existsSync(kept)) return kept;
  const making = `${kept}.${randomUUID()}`;
  mkdirSync(making, { recursive: true });
  try {
    await make(making);
    renameSync(making, kept);
    forgetOldest();
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Somebody else was faster.
    if (!existsSync(kept)) throw error;
  }
  return kept;
}

/** Of everything that a bundle is made of; the lock file stands for the packages. */
function fingerprint(folders: readonly string[], doors: readonly string[]): string {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(repository, join(entry.parentPath, entry.name)))
      .sort(),
  );
  const others = ['package-lock.json', 'package.json', 'tsconfig.json'];
  const hash = createHash('sha256').update(`${version} ${doors}`);
  for (const name of [...sources, ...others]) {
    hash.update(`\0${name}\0`).update(readFileSync(join(repository, name)));
  }
  return hash.digest('hex').slice(0, 32);
}

function forgetOldest(): void {
  // What somebody else is making is the youngest, and what was left half made gets old like the rest.
  const byAge = readdirSync(shelf).map((name) => ({
    name,
    at: statSync(join(shelf, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }));
  for (const { name } of byAge.sort((a, b) => b.at - a.at).slice(keptVersions)) {
    rmSync(join(shelf, name), { recursive: true, force: true });
  }
}
