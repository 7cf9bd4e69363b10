import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readGuide } from '../../../../functions/policy/guides/read-guide.ts';
import { compilePolicy, readGuideText } from '../../../../policy/compile.ts';
import { smallGuideText } from '../../../builders/small-guide.ts';

const { notice } = compilePolicy();

const condition = (id: string, expression: string) =>
  `{ id: ${id}, citation: 小指南通用, expression: '${expression}', inputs: [], met: { zh: 是, en: Yes }, unmet: { zh: 否, en: No } }`;
const signed = '{ id: signed, type: boolean, title: { zh: 已签署, en: Signed } }';
const once = '{ id: projects, type: integer, title: { zh: 项目数, en: Projects } }';
const sound = '{ id: sound, type: boolean, title: { zh: 健全, en: Sound } }';
const undertaking =
  '{ id: undertaking, title: { zh: 承诺书, en: Undertaking }, formats: [application/pdf], maxBytes: 1000 }';

const common = `common:
  every:
    facts: [${signed}]
    materials: [${undertaking}]
    conditions:
      - ${condition('undertaking-given', 'facts.signed')}
  paid:
    facts: [${sound}]
    conditions: [${condition('accounts-sound', 'facts.sound')}]
  competitive:
    facts: [${once}]
    conditions: [${condition('two-projects', 'facts.projects <= 2')}]
  terms:
    duties: { submitterDiffersFromPreparer: true }
    reconsideration: { within: { days: 5, unit: working }, due: { days: 15, unit: working } }
items:
`;
const text = smallGuideText.replace('items:\n', common);
const read = (changed: string = text) => readGuideText(changed, 'guide.yaml', notice);

function changed(from: string, to: string, of = text): string {
  if (!of.includes(from)) throw new Error(`the guide has no ${from}`);
  return of.replace(from, to);
}

function itemOf(id: string, of: string = text) {
  const { data, faults } = read(of);
  expect(faults).toEqual([]);
  const item = data?.items.find((candidate) => candidate.id === id);
  if (!item) throw new Error(`the guide has no ${id}`);
  return item;
}
const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

const without = (...ids: string[]) =>
  `item: dcmm\n    without: [${ids.map((id) => `{ id: ${id}, reason: { zh: 证书已足够, en: The certificate is enough } }`).join(', ')}]`;

describe('what is common to the items of a guide', () => {
  it('stands in every item, before its own', () => {
    const { facts, materials, conditions } = itemOf('innovation-catalogue');
    expect(idsOf(facts)).toEqual(['signed', 'product']);
    expect(idsOf(materials)).toEqual(['undertaking', 'certificate']);
    expect(idsOf(conditions)).toEqual(['undertaking-given', 'registered']);
  });

  it('stands in the items with money, and in those that compete, where it is theirs alone', () => {
    expect(idsOf(itemOf('dcmm').conditions)).toEqual([
      'undertaking-given',
      'accounts-sound',
      'in-guangzhou',
      'level-3',
    ]);
    expect(idsOf(itemOf('open-source').conditions)).toEqual([
      'undertaking-given',
      'accounts-sound',
      'two-projects',
      'input-stated',
    ]);
  });

  it('is the same guide as one that writes it at each item', () => {
    const guide = parse(text);
    const { common: shared, ...rest } = guide;
    const items = rest.items.map((item: Record<string, unknown> & { amount: { kind: string } }) => {
      const groups = [
        shared.every,
        ...(item.amount.kind === 'none' ? [] : [shared.paid]),
        ...(item['competition'] === 'competitive' ? [shared.competitive] : []),
      ];
      const lists = ['facts', 'materials', 'conditions'].map((list) => [
        list,
        [...groups.flatMap((group) => group[list] ?? []), ...(item[list] as unknown[])],
      ]);
      return { ...shared.terms, ...item, ...Object.fromEntries(lists) };
    });
    expect(readGuide(guide, notice)).toEqual(readGuide({ ...rest, items }, notice));
    expect(readGuide(guide, notice).faults).toEqual([]);
  });

  it('holds for an item that does not say otherwise', () => {
    expect(itemOf('dcmm').duties).toEqual({ submitterDiffersFromPreparer: true });
    const own = changed('item: dcmm', 'item: dcmm\n    duties: { submitterDiffersFromPreparer: false }');
    expect(itemOf('dcmm', own).duties).toEqual({ submitterDiffersFromPreparer: false });
    expect(itemOf('open-source', own).duties).toEqual({ submitterDiffersFromPreparer: true });
  });

  it('can be left out with a reason, which the item keeps', () => {
    const item = itemOf('dcmm', changed('item: dcmm', without('sound', 'accounts-sound')));
    expect(idsOf(item.facts)).toEqual(['signed', 'level', 'certificate']);
    expect(idsOf(item.conditions)).toEqual(['undertaking-given', 'in-guangzhou', 'level-3']);
    expect(item.without).toEqual(
      ['sound', 'accounts-sound'].map((id) => ({
        id,
        reason: { zh: '证书已足够', en: 'The certificate is enough' },
      })),
    );
    expect(
      idsOf(itemOf('open-source', changed('item: dcmm', without('sound', 'accounts-sound'))).facts),
    ).toContain('sound');
  });

  it('can be replaced where it is left out', () => {
    const own = changed(
      '- id: level-3',
      `- ${condition('accounts-sound', 'facts.sound || facts.level == 5')}\n      - id: level-3`,
      changed('item: dcmm', without('accounts-sound')),
    );
    expect(itemOf('dcmm', own).conditions.find(({ id }) => id === 'accounts-sound')?.expression).toBe(
      'facts.sound || facts.level == 5',
    );
  });
});

describe('faults of what is common', () => {
  /** Line of the first place that holds a text. */
  const lineOf = (of: string, at: string) =>
    `guide.yaml:${of.split('\n').findIndex((line) => line.includes(at)) + 1}: `;

  it.each<[name: string, from: string, to: string, at: string, fault: string]>([
    [
      'an expression that does not compile',
      "expression: 'facts.signed'",
      "expression: 'facts.sealed'",
      'facts.sealed',
      'common.every.conditions.undertaking-given.expression: at character 7: it has no field "sealed"',
    ],
    [
      'a shape that is none',
      'id: sound, type: boolean',
      'id: sound, type: bool',
      'type: bool,',
      'common.paid.facts.sound.type: Invalid option: expected one of "money"|"integer"|"date"|"text"|"enum"|"boolean"|"list"',
    ],
    [
      'an unknown group',
      '  competitive:\n',
      '  contested:\n',
      // The first line of what it holds.
      'id: projects, type',
      'common.contested: Unrecognized key: "contested"',
    ],
    [
      'a term that is no term of items',
      'terms:\n',
      'terms:\n    colour: red\n',
      'colour: red',
      'common.terms.colour: Unrecognized key: "colour"',
    ],
    [
      'a term that no item may have',
      'within: { days: 5, unit: working }',
      'within: { days: 5, unit: calendar }',
      'unit: calendar }, due',
      'common.terms.reconsideration.within.unit: Invalid input: expected "working"',
    ],
    [
      'something left out without a reason',
      'item: dcmm',
      'item: dcmm\n    without: [{ id: signed }]',
      'without',
      'items.dcmm.without.signed.reason: is missing',
    ],
    [
      'something left out that is not common',
      'item: dcmm',
      without('two-projects'),
      'without',
      'items.dcmm.without.two-projects.id: leaves out what is not common to this item: "two-projects"',
    ],
    [
      'the same once more at an item',
      '{ id: level, type: integer',
      `${signed}\n      - { id: level, type: integer`,
      '- { id: signed',
      'items.dcmm.facts.signed.id: signed stands twice in facts',
    ],
    [
      'a fact left out that a condition needs',
      'item: dcmm',
      without('sound'),
      'id: dcmm',
      'items.dcmm: common.paid.conditions.0.expression does not suit this item: at character 7: it has no field "sound"',
    ],
  ])('are told once, where they stand: %s', (_, from, to, at, fault) => {
    const wrong = changed(from, to);
    const { data, faults } = read(wrong);
    expect(data).toBeUndefined();
    expect(faults.filter((line) => line.endsWith(fault))).toEqual([`${lineOf(wrong, at)}${fault}`]);
  });

  it('of an item stand at the line of its own, though what is common comes before it', () => {
    const wrong = changed('facts.level >= 3', 'facts.level >= "3"');
    const { faults } = read(wrong);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(
      `${lineOf(wrong, 'facts.level >= "3"')}items.dcmm.conditions.level-3.expression`,
    );
  });

  it('are bounded, however much it is that is common', () => {
    const facts = Array.from({ length: 2000 }, (_, at) => ({
      id: `f${at}`,
      type: 'boolean',
      title: { zh: '一', en: 'One' },
    }));
    const guide = parse(text);
    const items = Array.from({ length: 500 }, () => ({}));
    const { guide: none, faults } = readGuide({ ...guide, common: { every: { facts } }, items }, notice);
    expect(none).toBeUndefined();
    expect(faults).toContainEqual(expect.objectContaining({ path: ['common'] }));
  });
});
