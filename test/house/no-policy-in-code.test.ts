import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../policy/compile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { notice, guides } = compilePolicy();

/** Every amount of the notice and the guides in fen, and every figure in a condition. */
function figuresOf(part: unknown, key = ''): number[] {
  if (typeof part === 'number') return /fen$/i.test(key) ? [part] : [];
  if (typeof part === 'string' && key === 'expression') return numbersIn(part);
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => figuresOf(value, name));
}

/** Literals of a program or an expression: 300_000_000, 3e8, 300000000n. */
function numbersIn(code: string): number[] {
  const literals = code.match(/(?<![\w.$])\d[\d_]*(\.\d+)?(e\d+)?/gi) ?? [];
  return literals.map((literal) => Number(literal.replaceAll('_', '')));
}

/** Smaller ones are percentages, levels and days, which code has of its own. */
const amounts = new Set(
  figuresOf({ notice, guides })
    .flatMap((figure) => [figure, figure / 100])
    .filter((figure) => figure >= 10_000),
);

/** Code has these for reasons of its own. */
const others: Readonly<Record<string, readonly number[]>> = {
  // Fen of the unit ten thousand yuan.
  'functions/policy/guides/allocation-unit.ts': [1_000_000],
  // Bytes of a request.
  'functions/shared/http-door.ts': [1_000_000],
  'functions/contracts/operator.ts': [4_000_000],
  'functions/contracts/payments.ts': [1_000_000],
  // Bytes of an answer.
  'functions/register/list-entries.ts': [5_000_000],
};

/** Departments that stand for none in particular: code looks up who they are. */
const placeholders = ['districts'];

const files = globSync('{functions,infra}/**/*.ts', { cwd: root }).sort();

/** A file without its comments: examples in them decide nothing. */
function codeOf(file: string): string {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  return transformSync(text, { loader: 'ts', format: 'esm', minifyWhitespace: true, charset: 'utf8' }).code;
}

describe('the code of what is deployed', () => {
  it('finds the figures that it looks for, however they are written', () => {
    expect(amounts.size).toBeGreaterThan(10);
    expect(numbersIn('a=[3e8,300_000_000,300000000n,"x2",a1,0.5]')).toEqual([3e8, 3e8, 3e8, 0.5]);
  });

  it('is all there', () => {
    expect(files).toEqual(
      expect.arrayContaining(['functions/filing/eligibility/ceiling.ts', 'infra/app.ts']),
    );
  });

  it.each(files)('%s has no amount of the notice or of a guide', (file) => {
    const found = numbersIn(codeOf(file)).filter((number) => amounts.has(number));
    const figures = found.filter((number) => !others[file]?.includes(number));
    expect(figures, 'figures of policy/: what is none here, but only as large, stands in `others`').toEqual(
      [],
    );
  });

  it.each(files)('%s names no department', (file) => {
    const strings = codeOf(file).match(/"[^"]*"|'[^']*'|`[^`]*`/g) ?? [];
    const departments = notice.departments.filter(({ id }) => !placeholders.includes(id));
    const named = departments.filter(({ id }) =>
      strings.some((text) => new RegExp(`(?<![\\w-])${id}(?![\\w-])`).test(text)),
    );
    expect(named).toEqual([]);
  });
});
