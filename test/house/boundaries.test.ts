import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let house: string;
beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'boundaries-'));
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(house, file));
});
afterEach(() => rmSync(house, { recursive: true }));

/** The rules that the linter of `npm run check` finds broken by a file with this text at this place. */
function broken(path: string, text: string): string[] {
  const file = join(house, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`);
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '.'], {
    cwd: house,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; severity: string }[] };
  return diagnostics.filter((one) => one.severity === 'error').map((one) => one.category);
}

describe('the boundaries of the house', () => {
  it.each([
    ['functions/money/pools/sample.ts', "import '../../../local/instance.ts';"],
    ['functions/shared/sample.ts', "import '../money/allocation/allocate.ts';"],
    ['functions/money/pools/sample.ts', "import '../../api/operator.ts';"],
    ['functions/money/pools/sample.ts', "import '@middy/core';"],
    ['functions/money/allocation/allocate.ts', "import '@aws-sdk/client-dynamodb';"],
    ['functions/filing/eligibility/sample.ts', "import '../../shared/transaction.ts';"],
    ['functions/api/sample.ts', 'export const table = process.env.TABLE;'],
    ['functions/api/sample.ts', "import { z } from 'zod';\nexport default z;"],
    ['infra/sample.ts', "import '../local/instance.ts';"],
    ['local/sample.ts', "import '../functions/shared/money.ts';"],
    ['local/states/sample.ts', "import '../../infra/app.ts';"],
  ])('%s may not say %s', (path, text) => {
    expect(broken(path, text)).toEqual([expect.stringMatching(/noRestrictedImports|noProcessEnv/)]);
  });

  it('lets a door import its room', () => {
    expect(broken('functions/api/sample.ts', "import '../money/allocation/allocate.ts';")).toEqual([]);
  });

  it('leaves no word of the laptop in what is deployed', () => {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'functions'], {
      cwd: root,
      encoding: 'utf8',
    });
    const naming = files
      .trim()
      .split('\n')
      .filter((file) =>
        /\b(local|localhost|laptop|127\.0\.0\.1)\b/i.test(readFileSync(`${root}/${file}`, 'utf8')),
      );
    expect(naming).toEqual([]);
  });
});
