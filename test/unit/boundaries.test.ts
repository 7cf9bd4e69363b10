import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the linter of `npm run check` says of a file with this text at this place. */
function lint(path: string, text: string) {
  const biome = fileURLToPath(new URL('../../node_modules/@biomejs/biome/bin/biome', import.meta.url));
  const result = spawnSync(process.execPath, [biome, 'lint', '--colors=off', `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  return { passed: result.status === 0, output: `${result.stdout}${result.stderr}` };
}

describe('the boundaries of the house', () => {
  it.each([
    ['functions/budget/sample.ts', "import '../../local/instance.ts';"],
    ['functions/shared/sample.ts', "import '../budget/allocate.ts';"],
    ['functions/budget/sample.ts', "import '../api/operator.ts';"],
    ['functions/budget/sample.ts', "import '@middy/core';"],
    ['functions/budget/allocate.ts', "import '@aws-sdk/client-dynamodb';"],
    ['functions/eligibility/sample.ts', "import '../shared/transaction.ts';"],
    ['functions/api/sample.ts', 'export const table = process.env.TABLE;'],
    ['functions/api/sample.ts', "import { z } from 'zod';\nexport default z;"],
    ['infra/sample.ts', "import '../local/instance.ts';"],
    ['local/sample.ts', "import '../functions/shared/money.ts';"],
    ['local/states/sample.ts', "import '../../infra/app.ts';"],
  ])('%s may not say %s', (path, text) => {
    expect(lint(path, `${text}\n`)).toMatchObject({ passed: false });
  });

  it('lets a door import its room', () => {
    expect(lint('functions/api/sample.ts', "import '../budget/allocate.ts';\n")).toMatchObject({
      passed: true,
    });
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
