import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { beginningOf, type EntityShape, type IndexShape } from '../../functions/shared/keys.ts';
import { catalogue } from '../../functions/shared/tables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const shapes = Object.values(catalogue);
const kinds = shapes.flatMap(({ entities }) =>
  Object.values<{ readonly shape: EntityShape }>(entities).map(({ shape }) => shape),
);
const indexes = shapes.flatMap((shape) => Object.entries<IndexShape>(shape.indexes));

/** What keys begin with, as far as it is no word of everyday code, and whole keys that have no parts. */
const beginnings = new Set(
  [
    ...shapes.flatMap(({ partitions }) => Object.values<string>(partitions)),
    ...kinds.map(({ sk }) => sk),
    ...kinds.flatMap((shape) =>
      Object.values(shape.indexes ?? {}).map(([partition] = ['', '']) => partition),
    ),
  ]
    .map(beginningOf)
    .filter((text) => /[A-Z]|#/.test(text)),
);

/** Attributes that nothing but an index is for; where one is called as its index, the index is what is meant. */
const attributes = new Set(
  indexes
    .flatMap(([, { partition, sort }]) => [partition, sort])
    .filter((name) => /[A-Z]/.test(name) && !/At$/.test(name) && !indexes.some(([index]) => index === name)),
);

/** A file without its comments, strings in double quotes. */
function codeOf(file: string): string {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  return transformSync(text, { loader: 'ts', format: 'esm', charset: 'utf8' }).code;
}

/** Key texts, attributes of indexes and names of indexes in a file. */
function keysIn(code: string): string[] {
  const strings = [...code.matchAll(/(["`])((?:\\.|(?!\1)[^\\])*)\1/gs)].map(([, , text = '']) => text);
  const texts = [...beginnings].filter((beginning) =>
    strings.some((text) => (beginning.endsWith('#') ? text.startsWith(beginning) : text === beginning)),
  );
  const named = [...attributes].filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return [...texts, ...named];
}

/** What a use case leaves to stores, and to those who make them. */
function tablesIn(code: string): string[] {
  return (
    code.match(
      /@aws-sdk\/(?:lib|client)-dynamodb|\.(?:client|table)\b|\bnew \w+Store\(|\bIndexName\b|\bTable\.opened\b|\bitemOf\b/g,
    ) ?? []
  );
}

/** The files among some in which something is found. */
function found(patterns: readonly string[], except: readonly string[], find: (code: string) => string[]) {
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  return Object.fromEntries(
    files
      .filter((file) => !except.includes(file))
      .map((file) => [file, find(codeOf(file))] as const)
      .filter(([, things]) => things.length > 0),
  );
}

describe('the catalogue', () => {
  it('is the only place with key texts and attributes of indexes', () => {
    const places = ['functions/**/*.ts', 'infra/**/*.ts', 'test/{support,builders,simulation}/**/*.ts'];
    expect(found(places, ['functions/shared/tables.ts'], keysIn)).toEqual({});
  });

  it('is not passed by unseen', () => {
    expect(keysIn('const pk = `ROUND#${id}`;')).toEqual(['ROUND#']);
    expect(keysIn('const sk = "STATE", round = "round";')).toEqual(['STATE']);
    expect(keysIn('item.inboxSort = "x";')).toEqual(['inboxSort']);
  });
});

describe('a use case', () => {
  it('builds no store and no command, and sees no table', () => {
    const carriers = [
      ...['lost-answer', 'table', 'table-batches', 'table-scan', 'transaction'].map(
        (name) => `functions/shared/${name}.ts`,
      ),
      'functions/audit/stored-table.ts',
    ];
    const places = ['functions/!(api|workflow|events)/**/!(create-*).ts'];
    expect(found(places, carriers, tablesIn)).toEqual({});
  });

  it('does none of that unseen', () => {
    expect(tablesIn('new RoundStore(tables.budget); parts.client.send(x); this.#client;')).toEqual([
      'new RoundStore(',
      '.client',
    ]);
  });
});
