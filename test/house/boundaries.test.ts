import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { default: rules }: { default: IConfiguration } = await import(
  pathToFileURL(join(root, '.dependency-cruiser.mjs')).href
);

/** A file, what it may not say, and the rule that forbids it. */
const forbidden = [
  [
    'functions/money/pools/sample.ts',
    "import '../../../local/instance.ts';",
    'deployed-code-knows-no-laptop',
  ],
  ['functions/shared/sample.ts', "import '../money/allocation/sample.ts';", 'floor-of-shared'],
  ['functions/money/pools/sample.ts', "import '../../api/sample.ts';", 'floor-of-money-pools'],
  ['functions/money/pools/sample.ts', "import '@middy/core';", 'rooms-know-no-lambda'],
  ['functions/money/pools/sample.ts', "import type {} from 'aws-lambda';", 'rooms-know-no-lambda'],
  ['functions/money/pools/sample.ts', "import '../rounds/sample.ts';", 'floor-of-money-pools'],
  ['functions/money/pools/sample.ts', "import type {} from '../rounds/sample.ts';", 'floor-of-money-pools'],
  ['functions/money/pools/sample.ts', "await import('../rounds/sample.ts');", 'floor-of-money-pools'],
  ['functions/money/pools/sample.ts', "import '../../contracts/sample.ts';", 'floor-of-money-pools'],
  [
    'functions/filing/documents/sample.ts',
    "import '../../review/tasks/sample.ts';",
    'floor-of-filing-documents',
  ],
  ['functions/money/allocation/sample.ts', "import '@aws-sdk/client-dynamodb';", 'decisions-are-pure'],
  ['functions/filing/eligibility/sample.ts', "import '../../shared/transaction.ts';", 'law-knows-no-sdk'],
  ['functions/money/pools/entry-decision.ts', "import './pool-store.ts';", 'decisions-are-pure'],
  ['functions/money/pools/entry-decision.ts', "import '../../shared/clock.ts';", 'decisions-are-pure'],
  ['functions/money/pools/entry-decision.ts', "import '@aws-sdk/lib-dynamodb';", 'decisions-are-pure'],
  ['functions/money/pools/entry-decision.ts', "import 'node:fs';", 'decisions-are-pure'],
  ['functions/money/rounds/lifecycle.ts', "import '../../shared/ids.ts';", 'decisions-are-pure'],
  ['functions/contracts/sample.ts', "import '../api/sample.ts';", 'contracts-know-rooms'],
  ['functions/api/other.ts', "import './sample.ts';", 'doors-stand-alone'],
  ['functions/api/other.ts', "import '../workflow/sample.ts';", 'doors-stand-alone'],
  ['functions/cellar/sample.ts', "import '../shared/money.ts';", 'every-room-has-a-floor'],
  ['infra/sample.ts', "import '../local/instance.ts';", 'infra-knows-no-laptop'],
  ['local/sample.ts', "import '../functions/shared/money.ts';", 'local-runs-the-template'],
  ['local/states/sample.ts', "import '../../infra/app.ts';", 'local-runs-the-template'],
  ['test/circle-one.ts', "import './circle-two.ts';", 'no-circle'],
  ['test/type-one.ts', "import type {} from './type-two.ts';", 'no-circle'],
] as const;

/** Files that the samples import, and what the rules let a file say. */
const others = {
  'functions/api/sample.ts': "import '../money/allocation/sample.ts';",
  'functions/workflow/sample.ts': '',
  'functions/contracts/sample.ts': '',
  'functions/money/allocation/sample.ts': '',
  'functions/money/pools/pool-store.ts': '',
  'functions/money/rounds/sample.ts': "import '../pools/pool-store.ts';",
  'functions/review/tasks/sample.ts': '',
  'functions/shared/clock.ts': '',
  'functions/shared/ids.ts': '',
  'functions/shared/money.ts': '',
  'functions/shared/transaction.ts': '',
  'infra/app.ts': '',
  'local/instance.ts': '',
  'test/circle-two.ts': "import './circle-one.ts';",
  'test/type-two.ts': "import type {} from './type-one.ts';",
};

let house: string;
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'boundaries-'));
});
afterAll(() => rmSync(house, { recursive: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), `${text}\nexport {};\n`);
}

/** The rules that a file with this text breaks, by the check of imports in `npm run check`. */
async function broken(path: string, text: string): Promise<string[]> {
  rmSync(house, { recursive: true });
  for (const [file, content] of Object.entries(others)) put(file, content);
  put(path, text);
  const { forbidden = [], options } = rules;
  const { output } = await cruise([path], {
    ...options,
    ruleSet: { forbidden },
    validate: true,
    baseDir: house,
  });
  const { violations } = (output as ICruiseResult).summary;
  return violations.filter(({ from }) => from === path).map(({ rule }) => rule.name);
}

/** The rules that the linter of `npm run check` finds broken by a file with this text at this place. */
function unclean(path: string, text: string): string[] {
  rmSync(house, { recursive: true });
  put(path, text);
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(house, file));
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '.'], {
    cwd: house,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; severity: string }[] };
  return diagnostics.filter((one) => one.severity === 'error').map((one) => one.category);
}

describe('the boundaries of the house', () => {
  it.each(forbidden)('%s may not say %s', async (path, text, rule) => {
    expect(await broken(path, text)).toEqual([rule]);
  });

  it.each(Object.entries(others).filter(([file]) => !file.startsWith('test/')))(
    '%s may say %s',
    async (path, text) => {
      expect(await broken(path, text)).toEqual([]);
    },
  );

  it.each([
    ['functions/api/sample.ts', 'export const table = process.env.TABLE;', 'noProcessEnv'],
    ['functions/api/sample.ts', "import { z } from 'zod';\nexport default z;", 'noRestrictedImports'],
    ['infra/sample.ts', "import { z } from 'zod';\nexport default z;", 'noRestrictedImports'],
  ])('%s may not say %s to the linter', (path, text, rule) => {
    expect(unclean(path, text)).toEqual([expect.stringContaining(rule)]);
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
