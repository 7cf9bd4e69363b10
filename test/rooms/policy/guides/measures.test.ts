import { describe, expect, it } from 'vitest';
import { describeMeasure } from '../../../../functions/policy/guides/describe-measure.ts';
import type { Guide } from '../../../../functions/policy/guides/guide-schema.ts';
import { listMeasures } from '../../../../functions/policy/guides/list-measures.ts';
import { CatalogueSchema, MeasureSchema } from '../../../../functions/policy/guides/measure-view.ts';
import {
  compareVersions,
  guidesInMemory,
  PolicyBook,
} from '../../../../functions/policy/guides/policy-book.ts';
import { itemIdOf } from '../../../../functions/policy/notice/item-id.ts';
import { compilePolicy } from '../../../../policy/compile.ts';

const compiled = compilePolicy();
const [sample] = compiled.guides;
if (!sample) throw new Error('there is no sample guide');
const book = new PolicyBook(compiled, guidesInMemory(compiled.guides));
const empty = new PolicyBook(compiled, guidesInMemory([]));
const open = new Date('2026-11-23T02:00:00Z');
const allIds = compiled.notice.items.flatMap((item) => item.parts.map((part) => itemIdOf(item.id, part.id)));

describe('the list of measures', () => {
  it('has the thirteen clauses in order, with every item and part of the notice', async () => {
    const { measures, directions } = CatalogueSchema.parse(await listMeasures(book, open));
    expect(measures.map(({ clause }) => clause)).toEqual([
      ...['二(一)1', '二(一)2', '二(一)3', '二(二)4', '二(二)5', '二(二)6', '二(三)7', '二(三)8', '二(三)9'],
      ...['二(四)10', '二(四)11', '二(四)12', '二(四)13'],
    ]);
    const parts = measures.flatMap(({ items }) => items.flatMap((item) => item.parts));
    expect(parts.map(({ id }) => id).sort()).toEqual(allIds.toSorted());
    for (const part of parts) expect(part.lead).not.toHaveLength(0);
    expect(directions).toHaveLength(5);
  });

  it('says when the notice was issued and printed, how long it is in force, and what it repealed', async () => {
    expect(CatalogueSchema.parse(await listMeasures(book, open))).toMatchObject({
      ...{ documentNumber: '穗府办规〔2023〕12号', dated: '2023-08-28', printed: '2023-09-06' },
      inForce: { from: '2023-08-28', to: '2028-08-27' },
      replaces: { documentNumber: '穗府办规〔2020〕2号', endedOn: '2023-08-28', citation: '三(六)' },
    });
  });

  it('says what is open and under which guide, and what never will be', async () => {
    const partsAt = async (policy: PolicyBook, at: Date) =>
      (await listMeasures(policy, at)).measures.flatMap(({ items }) => items.flatMap((item) => item.parts));
    const opened = (await partsAt(book, open)).filter((part) => part.open);
    expect(opened.map(({ id }) => id).sort()).toEqual(sample.items.map(({ id }) => id).sort());
    for (const { guide, window } of opened) {
      expect(guide).toBe('2026.1');
      expect(window).toBeDefined();
    }
    expect((await partsAt(empty, open)).filter((part) => part.open || part.guide)).toEqual([]);
    for (const part of await partsAt(book, open)) {
      if (part.kind === 'outside') expect(part.open).toBe(false);
    }
  });

  it('closes in the closing second and opens in the opening one', async () => {
    const [item] = sample.items;
    if (!item) throw new Error('the sample guide has no item');
    const isOpen = async (at: Date) => (await describeMeasure(book, item.id, at)).open;
    const { opensAt, closesAt } = item.window;
    const second = 1000;
    expect(await isOpen(new Date(Date.parse(opensAt) - second))).toBe(false);
    expect(await isOpen(new Date(opensAt))).toBe(true);
    expect(await isOpen(new Date(Date.parse(closesAt) - second))).toBe(true);
    expect(await isOpen(new Date(closesAt))).toBe(false);
  });
});

describe('a measure', () => {
  it.each(sample.items)('$id shows all that its guide asks for', async (item) => {
    const measure = MeasureSchema.parse(await describeMeasure(book, item.id, open));
    expect(measure).toMatchObject({
      ...{ id: item.id, item: item.item, part: item.part, open: true, guide: '2026.1', illustrative: true },
      ...{
        window: { opensAt: item.window.opensAt, closesAt: item.window.closesAt },
        materials: item.materials,
      },
      amount: { kind: item.amount.kind },
    });
    expect(measure.conditions?.map(({ id }) => id)).toEqual(item.conditions.map(({ id }) => id));
    const ids = item.facts.map(({ id }) => id);
    const form = measure.facts as { properties: Record<string, Record<string, unknown>> };
    expect(form).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ids,
      additionalProperties: false,
    });
    expect(Object.keys(form.properties)).toEqual(ids);
    for (const fact of item.facts) {
      const title = `${fact.title.zh} / ${fact.title.en}`;
      expect(form.properties[fact.id]).toMatchObject({ title, 'x-titles': fact.title });
    }
  });

  it('gives each type of fact its JSON Schema', async () => {
    const title = { zh: '事实', en: 'Fact' };
    const fact = (type: 'money' | 'integer' | 'date' | 'text' | 'boolean' | 'list' | 'enum') => ({
      ...{ id: type, title, type },
      ...(type === 'enum' && { values: [{ id: 'one', title: { zh: '一', en: 'One' } }] }),
    });
    const types = ['money', 'integer', 'date', 'text', 'boolean', 'list', 'enum'] as const;
    const guide: Guide = {
      ...sample,
      items: sample.items.slice(0, 1).map((item) => ({ ...item, facts: types.map(fact) })),
    };
    const policy = new PolicyBook(compiled, guidesInMemory([guide]));
    const { facts } = await describeMeasure(policy, guide.items[0]?.id ?? '', open);
    expect(facts).toMatchObject({
      properties: {
        money: { type: 'integer', minimum: 0, 'x-unit': 'fen' },
        integer: { type: 'integer' },
        date: { type: 'string', format: 'date' },
        text: { type: 'string' },
        boolean: { type: 'boolean' },
        list: { type: 'array', items: { type: 'string' } },
        enum: { type: 'string', oneOf: [{ const: 'one', title: '一 / One' }] },
      },
    });
  });

  it('of no guide ends with what the notice says', async () => {
    for (const id of allIds) {
      const measure = MeasureSchema.parse(await describeMeasure(empty, id, open));
      expect(measure).toMatchObject({ id, open: false });
      expect(measure).not.toHaveProperty('conditions');
      expect(measure).not.toHaveProperty('guide');
    }
  });

  it('is shown as the latest version of its guide has it, which may close what the first one opened', async () => {
    const later = sample.items.map((item) => ({
      ...item,
      window: { opensAt: '2027-09-01T00:00:00.000Z', closesAt: '2027-10-01T00:00:00.000Z' },
      materials: item.materials.slice(0, 1),
    }));
    const policy = new PolicyBook(
      compiled,
      guidesInMemory([{ ...sample, version: '2026.10', items: later }, sample]),
    );
    expect(await describeMeasure(policy, 'dcmm', open)).toMatchObject({ open: false, guide: '2026.10' });
    const closed = await describeMeasure(policy, 'dcmm', new Date('2025-01-01T00:00:00Z'));
    expect(closed).toMatchObject({ open: false, guide: '2026.10' });
    expect(closed.materials).toHaveLength(1);
    const both = await describeMeasure(policy, 'dcmm', new Date('2027-09-15T00:00:00Z'));
    expect(both).toMatchObject({ open: true, guide: '2026.10' });
  });

  it('that the notice does not have is not found, and an item in parts names them', async () => {
    await expect(describeMeasure(book, 'nothing', open)).rejects.toMatchObject({ code: 'not-found' });
    await expect(describeMeasure(book, 'core-tech', open)).rejects.toMatchObject({
      code: 'not-found',
      detail: {
        en: '"core-tech" has parts: "core-tech-challenge", "core-tech-consortium", "core-tech-a", "core-tech-b"',
      },
    });
  });
});

describe('versions', () => {
  it('are ordered as people count', () => {
    const ordered = ['2026.1', '2026.2', '2026.2-b', '2026.10', '2027.1'];
    expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
    expect(compareVersions('2026.1', '2026.1')).toBe(0);
  });
});
