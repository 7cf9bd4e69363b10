import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guidesInMemory, PolicyBook } from '../../../../functions/policy/guides/policy-book.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'));
  cpSync(new URL('../../../../policy/', import.meta.url), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function change(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
}

function compile() {
  return compilePolicy(pathToFileURL(`${folder}/`));
}

describe('the policy files', () => {
  it('compile, with amounts in fen', () => {
    const { notice, guides, calendars } = compile();
    const dcmm = notice.items.find((item) => item.id === 'dcmm');
    expect(dcmm?.parts[0]?.ceiling).toEqual({ kind: 'fixed', fen: 50_000_000 });
    expect(guides.map((guide) => guide.version)).toEqual(['2026.1']);
    expect(calendars.map((calendar) => calendar.year)).toEqual([2023, 2024, 2025, 2026]);
  });

  it('refuse the faults of every file in one go, each with file, line and place', () => {
    change('notice.yaml', 'dated: 2023-08-28', 'dated: 2023-08-28\ncolour: red');
    change('calendars/2025.yaml', '- 2025-10-11', '- 2025-10-10');
    expect(compile).toThrow(/notice\.yaml:\d+: colour: .*\ncalendars\/2025\.yaml:\d+: workdays\.4: /);
    change('notice.yaml', '\ncolour: red', '');
    change('guides/2026.yaml', 'kind: fixed, yuan: 500000', 'kind: fixed, yuan: 500001');
    change('guides/2026.yaml', 'percent: 30', 'percent: 31');
    expect(compile).toThrow(
      /guides\/2026\.yaml:\d+: items\.open-source\.amount\.percent: .*\nguides\/2026\.yaml:\d+: items\.dcmm\.amount\.yuan: .*\ncalendars\/2025/,
    );
  });

  it('refuse a broken file with file and line', () => {
    change('guides/2026.yaml', 'pools:', 'pools: [');
    expect(compile).toThrow(/guides\/2026\.yaml:\d+: /);
  });

  it('refuse thresholds of names that contradict one another', () => {
    change('matching.yaml', 'listedFrom: 0.1', 'listedFrom: 0.9');
    expect(compile).toThrow(/matching\.yaml:\d+: names\.listedFrom: what is suspected is listed too/);
  });

  it('refuse one version or one year in two files', () => {
    cpSync(join(folder, 'guides/2026.yaml'), join(folder, 'guides/2026-again.yaml'));
    cpSync(join(folder, 'calendars/2026.yaml'), join(folder, 'calendars/again.yaml'));
    expect(compile).toThrow(/version 2026\.1 stands in two files\n.*year 2026 stands in two files/);
  });
});

describe('open items', () => {
  const compiled = compilePolicy();
  const book = new PolicyBook(compiled, guidesInMemory(compiled.guides));
  const open = async (instant: string) => {
    const items = await book.openItems(new Date(instant));
    return items.map((opened) => opened.item.id);
  };

  it('open with the first second of their window, and are closed in the closing second', async () => {
    expect(await open('2026-01-01T07:59:59+08:00')).toEqual([]);
    expect(await open('2026-01-01T08:00:00+08:00')).toHaveLength(17);
    expect(await open('2028-08-01T07:59:59+08:00')).toHaveLength(17);
    expect(await open('2028-08-01T08:00:00+08:00')).toEqual([]);
  });

  it('stand in the order of the notice, whatever order the guide has them in', async () => {
    const backwards = compiled.guides.map((guide) => ({ ...guide, items: guide.items.toReversed() }));
    const turned = new PolicyBook(compiled, guidesInMemory(backwards));
    const items = await turned.openItems(new Date('2026-06-01T00:00:00Z'));
    expect(items.map((opened) => opened.item.id)).toEqual(await open('2026-06-01T00:00:00Z'));
    expect(items[0]?.law.item.clause).toBe('二(一)1');
  });

  describe('of a year with a second version', () => {
    const [first] = compiled.guides;
    if (!first) throw new Error('there is no guide');
    /** Ids open by a guide of 2026 and its second version, in which every window is as given, and some items are gone. */
    const openWith = async (
      at: string,
      window: { readonly opensAt?: string; readonly closesAt?: string },
      without: readonly string[] = [],
    ) => {
      const items = first.items
        .filter(({ id }) => !without.includes(id))
        .map((item) => ({ ...item, window: { ...item.window, ...window } }));
      const second = { ...first, version: `${first.year}.10`, items };
      const of = new PolicyBook(compiled, guidesInMemory([second, { ...first, version: `${first.year}.9` }]));
      const found = await of.openItems(new Date(at));
      return found.map(({ item, guide }) => [item.id, guide.version]);
    };
    const at = '2026-06-01T00:00:00Z';

    it('are none that it closes earlier or opens later; what it leaves out stays as it was', async () => {
      expect(await openWith(at, { closesAt: '2026-05-31T00:00:00Z' })).toEqual([]);
      expect(await openWith(at, { opensAt: '2026-06-02T00:00:00Z' })).toEqual([]);
      const without = await openWith(at, {}, ['dcmm']);
      expect(Object.fromEntries(without)).toMatchObject({
        dcmm: `${first.year}.9`,
        'core-tech-a': `${first.year}.10`,
      });
      expect(without).toHaveLength((await open(at)).length);
    });

    it('are those that it opens, under that version', async () => {
      const versions = new Set((await openWith(at, {})).map(([, version]) => version));
      expect([...versions]).toEqual([`${first.year}.10`]);
      const longer = { opensAt: '2025-06-01T00:00:00Z' };
      expect(await openWith('2025-07-01T00:00:00Z', longer)).toHaveLength(17);
    });

    it('are those of another year beside it', async () => {
      const next = { ...first, year: first.year + 1, version: `${first.year + 1}.1`, items: [] };
      const both = new PolicyBook(compiled, guidesInMemory([first, next]));
      expect(await both.openItems(new Date(at))).toHaveLength(17);
    });
  });
});
