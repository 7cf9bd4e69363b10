import { globSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundles } from '../../infra/bundles.ts';
import { bundleFunctions } from '../../infra/system.ts';
import { compilePolicy } from '../../policy/compile.ts';

/** The oldest browser that the portal is for: the last on Windows 7. */
const floor = 'chrome109';

/** What that browser has not got, as it is written in a script that was made small. */
const tooNew = [
  /\.(?:toSorted|toReversed|toSpliced|isWellFormed|toWellFormed)\(/,
  /\b(?:Object|Map)\.groupBy\(/,
  /\bPromise\.(?:withResolvers|try)\(/,
  /\bArray\.fromAsync\(/,
  /\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/,
  /\bAbortSignal\.any\(/,
  /\bIterator\.(?:from|prototype)\b/,
];
/** Likewise in styles: what an older browser skips whole, where a page would then be without it. */
const tooNewInStyles = [
  /color-mix\(/,
  /light-dark\(/,
  /@scope\b/,
  /@starting-style\b/,
  /\bsubgrid\b/,
  /@container\s+style\(/,
];

let bundles: Bundles;
let files: { readonly name: string; readonly text: string }[];
beforeAll(async () => {
  bundles = await bundleFunctions({ kept: true });
  const directory = join(bundles.directory('api/portal'), 'portal', 'files');
  files = globSync('**/*.{js,css}', { cwd: directory }).map((name) => ({
    name,
    text: readFileSync(join(directory, name), 'utf8'),
  }));
}, 120_000);
afterAll(() => bundles?.remove());

const ofKind = (kind: string) => files.filter(({ name }) => extname(name) === `.${kind}`);

it('every form to fill in that the sample guide names is a file of the portal', () => {
  const directory = join(bundles.directory('api/portal'), 'portal');
  const served = Object.keys(JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')));
  const named = compilePolicy().guides.flatMap(({ items }) =>
    items.flatMap(({ materials }) => materials.flatMap(({ template }) => template ?? [])),
  );
  expect(named).toContain('/templates/undertaking.docx');
  expect(served).toEqual(expect.arrayContaining(named));
});

describe('what is built of the portal', () => {
  it.each(['js', 'css'] as const)(
    'has no syntax in its %s that its oldest browser does not know',
    async (kind) => {
      expect(ofKind(kind)).not.toEqual([]);
      for (const { name, text } of ofKind(kind)) {
        const written = async (target: string) => (await transform(text, { loader: kind, target })).code;
        const [newest, oldest] = await Promise.all([written('esnext'), written(floor)]);
        expect(oldest === newest, `${name} would have to be written otherwise for ${floor}`).toBe(true);
      }
    },
  );

  it('calls nothing that its oldest browser has not got', () => {
    const found = [
      ...ofKind('js')
        // The renderer of PDFs brings what it calls with it.
        .filter(({ text }) => !text.includes('core-js'))
        .flatMap(({ name, text }) => tooNew.map((pattern) => [name, pattern.exec(text)?.[0]] as const)),
      ...ofKind('css').flatMap(({ name, text }) =>
        tooNewInStyles.map((pattern) => [name, pattern.exec(text)?.[0]] as const),
      ),
    ].filter(([, used]) => used !== undefined);
    expect(found).toEqual([]);
  });
});
