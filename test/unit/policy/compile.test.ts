import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PolicyBook } from '../../../functions/policy/policy-book.ts';
import { compilePolicy } from '../../../policy/compile.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'));
  cpSync(new URL('../../../policy/', import.meta.url), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function withChange(file: string, from: string, to: string) {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
  return () => compilePolicy(pathToFileURL(`${folder}/`));
}

describe('the policy files', () => {
  it('compile, with amounts in fen', () => {
    const { notice } = compilePolicy();
    expect(notice.items.find((item) => item.id === 'dcmm')?.ceiling).toEqual({
      kind: 'fixed',
      yuan: 50_000_000,
    });
  });

  it('refuse a guide above the notice, with both figures and the clause', () => {
    expect(withChange('guides/2026.yaml', 'kind: fixed, yuan: 500000', 'kind: fixed, yuan: 500001')).toThrow(
      /items\.dcmm\.amount: 500001 yuan is above the notice's 500000 yuan \(二\(二\)6\)/,
    );
  });

  it('refuse an unknown field with file and line', () => {
    expect(withChange('notice.yaml', 'dated: 2023-08-28', 'dated: 2023-08-28\ncolour: red')).toThrow(
      /notice\.yaml:\d+: .*colour/,
    );
  });

  it('refuse a broken file with file and line', () => {
    expect(withChange('guides/2026.yaml', 'pools:', 'pools: [')).toThrow(/guides\/2026\.yaml:\d+/);
  });

  it('refuse a condition that is not an expression', () => {
    expect(withChange('guides/2026.yaml', 'facts.level >= 3 &&', 'facts.level >= 3 &&& ')).toThrow(
      /items\.dcmm\.conditions\.level-3/,
    );
  });

  it('refuse an item without a pool, and a fact that is not asked', () => {
    expect(withChange('guides/2026.yaml', 'facts: [level] }', 'facts: [grade] }')).toThrow(
      /does not ask: grade/,
    );
    expect(withChange('guides/2026.yaml', 'pool: software-2026', 'pool: nowhere')).toThrow(/no pool nowhere/);
  });
});

describe('open items', () => {
  const book = new PolicyBook(compilePolicy());
  const open = (instant: string) => book.openItems(new Date(instant)).map((opened) => opened.item.id);

  it('open with the first second of their window, and are closed in the closing second', () => {
    expect(open('2025-12-31T23:59:59Z')).toEqual([]);
    expect(open('2026-01-01T00:00:00Z')).toEqual(['dcmm', 'growth-milestone']);
    expect(open('2028-07-31T23:59:59Z')).toEqual(['dcmm', 'growth-milestone']);
    expect(open('2028-08-01T00:00:00Z')).toEqual([]);
  });
});
