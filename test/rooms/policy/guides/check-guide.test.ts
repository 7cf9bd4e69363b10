import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readGuide } from '../../../../functions/policy/guides/read-guide.ts';
import { compilePolicy, readGuideText } from '../../../../policy/compile.ts';
import { smallGuideText } from '../../../builders/small-guide.ts';

const { notice } = compilePolicy();
const read = (text: string) => readGuideText(text, 'guide.yaml', notice);

/** The guide's text with one thing changed, which has to be there. */
function changed(from: string, to: string, text = smallGuideText): string {
  if (!text.includes(from)) throw new Error(`the guide has no ${from}`);
  return text.replace(from, to);
}

/** `file:line: ` of the first line that holds a text. */
function lineOf(text: string, at: string): string {
  const line = text.split('\n').findIndex((candidate) => candidate.includes(at)) + 1;
  if (line === 0) throw new Error(`nowhere: ${at}`);
  return `guide.yaml:${line}: `;
}

/** Paths to every part of a document. */
function pathsOf(node: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([step, part]) => [[...path, step], ...pathsOf(part, [...path, step])]);
}

const level = '{ id: level, type: integer, title: { zh: 等级, en: Level } }';
const levelCondition = 'expression: facts.level >= 3';
const cel = (expression: string) => `expression: '${expression}'`;
const inLevel = 'items.dcmm.conditions.level-3';

const leadApproves = '{ kind: approve, by: lead }';
const signOffDue = 'due: { days: 20, unit: working }';
const correctionDue = 'due: { days: 5, unit: working }';

const scoredBy =
  'experts: { required: 2, blind: true, facts: [level], materials: [licence], criteria: [{ id: use, title: { zh: 用处, en: Use }, points: 40 }] }';

/** An item that experts score, with one part of that changed: from, to, and where the fault is. */
function experts(part: string): [from: string, to: string, at: string] {
  const list = part.slice(0, part.indexOf('['));
  const from =
    list === 'criteria: ' ? 'criteria: [{ id: use,' : new RegExp(`${list}\\[.*?\\]`).exec(scoredBy)?.[0];
  if (from === undefined) throw new Error(`experts have no ${list}`);
  return ['item: dcmm', `item: dcmm\n    ${scoredBy.replace(from, part)}`, part];
}

/** What is changed, into what, where the fault is said to be (a text of that line), and the fault. */
const faults: [name: string, from: string, to: string, at: string, fault: string, text?: string][] = [
  // The bar of the notice itself.
  ...['[district]', '[provincial, national, district]'].map((levels): (typeof faults)[number] => [
    `the bar at municipal level left out for ${levels}`,
    'levels: [municipal], mode: top-up',
    `levels: ${levels}, mode: top-up`,
    `levels: ${levels}`,
    'items.open-source.deduplication.levels: leaves out municipal: a guide adds levels to the one that the notice itself bars (三(二))',
  ]),
  // Double ids.
  [
    'an item twice',
    'id: open-source\n',
    'id: dcmm\n',
    'id: dcmm',
    'items.dcmm.id: dcmm stands twice in items',
  ],
  [
    'a pool twice',
    'items:\n',
    '  - { id: software-2027, fund: f, fiscalYear: 2027, topic: t, title: { zh: 池, en: P }, allocation: { mode: ranked, residue: keep, unit: fen, minimumPayableYuan: 0 }, yearEnd: { unspent: lapse }, objectionsDue: { days: 15, unit: calendar }, clawbackDue: { days: 30, unit: calendar } }\nitems:\n',
    'fund: f,',
    'pools.software-2027.id: software-2027 stands twice in pools',
  ],
  [
    'a fact twice',
    '{ id: certificate, type: text',
    '{ id: level, type: text',
    '{ id: level, type: text',
    'items.dcmm.facts.level.id: level stands twice in facts',
  ],
  [
    'a value twice',
    '- { id: revenue-1b, title: { zh: 10',
    '- { id: revenue-200m, title: { zh: 10',
    'zh: 10 亿元',
    'items.growth-milestone.facts.tier.values.revenue-200m.id: revenue-200m stands twice in values',
  ],
  [
    'a condition twice',
    'id: level-3\n        citation:',
    'id: in-guangzhou\n        citation: 第二次',
    'id: in-guangzhou',
    'items.dcmm.conditions.in-guangzhou.id: in-guangzhou stands twice in conditions',
  ],
  [
    'a material twice',
    '{ id: licence, title',
    '{ id: certificate, title',
    'zh: 证书, en: Certificate }, formats',
    'items.dcmm.materials.certificate.id: certificate stands twice in materials',
  ],
  [
    'a tier twice',
    'id: revenue-1b, yuan: 1500000',
    'id: revenue-200m, yuan: 700000',
    'yuan: 700000',
    'items.growth-milestone.amount.tiers.revenue-200m.id: revenue-200m stands twice in tiers',
  ],
  // What the notice does not have.
  [
    'an unknown item',
    'item: dcmm',
    'item: csmm',
    'item: csmm',
    'items.dcmm.item: the notice has no item csmm',
  ],
  [
    'an unknown part',
    'item: dcmm',
    'item: dcmm\n    part: b',
    'part: b',
    'items.dcmm.part: dcmm has no part b, only: all',
  ],
  ['an id of its own', 'id: dcmm', 'id: data', 'id: data', 'items.data.id: must be dcmm'],
  [
    'what is outside the system',
    'part: a',
    'part: b',
    'item: software-park',
    'items.software-park-a.item: software-park-b is outside this system, no guide opens it (二(四)10)',
  ],
  // Windows.
  [
    'a window that closes when it opens',
    'closesAt: "2027-04-01T00:00:00+08:00"',
    'closesAt: "2027-03-01T00:00:00+08:00"',
    'closesAt: "2027-03-01',
    'items.dcmm.window.closesAt: the window closes before it opens',
  ],
  [
    'a window that opens a second before the notice is in force',
    'opensAt: "2027-03-01T00:00:00+08:00"',
    'opensAt: "2023-08-27T23:59:59+08:00"',
    'opensAt: "2023-08-27',
    'items.dcmm.window.opensAt: the notice is in force from 2023-08-28 to 2028-08-27',
  ],
  [
    'a window that closes a second after the notice is in force',
    'closesAt: "2028-08-28T00:00:00+08:00"',
    'closesAt: "2028-08-28T00:00:01+08:00"',
    'closesAt: "2028-08-28',
    'items.open-source.window.closesAt: the notice is in force from 2023-08-28 to 2028-08-27',
  ],
  // Amounts.
  [
    'a ratio above the notice',
    'percent: 20',
    'percent: 31',
    'percent: 31',
    "items.open-source.amount.percent: 31% is above the notice's 30% (二(一)3)",
  ],
  [
    'a capped share above the notice',
    'yuan: 8000000',
    'yuan: 10000001',
    'yuan: 10000001',
    "items.open-source.amount.yuan: 10000001 yuan is above the notice's 10000000 yuan (二(一)3)",
  ],
  [
    'an amount above the notice',
    'yuan: 300000',
    'yuan: 500001',
    'yuan: 500001',
    "items.dcmm.amount.yuan: 500001 yuan is above the notice's 500000 yuan (二(二)6)",
  ],
  [
    'a share of which the amount is above the notice',
    'amount: { kind: fixed, yuan: 300000 }\n    facts:',
    'amount: { kind: ratio, percent: 50, claimed: cost, yuan: 500001 }\n    facts:\n      - { id: cost, type: money, title: { zh: 费用, en: Cost } }',
    'yuan: 500001',
    "items.dcmm.amount.yuan: 500001 yuan is above the notice's 500000 yuan (二(二)6)",
  ],
  [
    'a tier above the notice',
    'yuan: 2500000',
    'yuan: 3000001',
    'yuan: 3000001',
    "items.growth-milestone.amount.tiers.revenue-2b.yuan: 3000001 yuan is above the notice's 3000000 yuan (二(二)5)",
  ],
  [
    'a tier that the notice does not have',
    'id: revenue-2b, yuan: 2500000 }',
    'id: revenue-2b, yuan: 2500000 }\n        - { id: revenue-9b, yuan: 2600000 }',
    'id: revenue-9b',
    'items.growth-milestone.amount.tiers.revenue-9b.id: the notice has no tier revenue-9b (二(二)5)',
  ],
  [
    'a tier left out',
    '        - { id: revenue-1b, yuan: 1500000 }\n',
    '',
    '- { id: revenue-200m, yuan',
    'items.growth-milestone.amount.tiers: the tier revenue-1b is missing (二(二)5)',
  ],
  [
    'tiers that do not rise',
    'yuan: 1500000',
    'yuan: 500000',
    'id: revenue-1b, yuan',
    'items.growth-milestone.amount.tiers.revenue-1b.yuan: a higher tier pays more than the one before it',
  ],
  [
    'tiers out of order',
    '- { id: revenue-200m, yuan: 500000 }\n        - { id: revenue-1b, yuan: 1500000 }',
    '- { id: revenue-1b, yuan: 500000 }\n        - { id: revenue-200m, yuan: 600000 }',
    'yuan: 600000',
    'items.growth-milestone.amount.tiers.revenue-200m.id: the tier revenue-200m stands before revenue-1b',
  ],
  [
    'money where the notice only recognises',
    'kind: none',
    'kind: fixed, yuan: 1',
    'kind: fixed, yuan: 1 ',
    'items.innovation-catalogue.amount.kind: an item of kind recognition has an amount of kind none, not fixed (二(三)8)',
  ],
  [
    'no money where the notice pays',
    'kind: fixed, yuan: 300000',
    'kind: none',
    'kind: none',
    'items.dcmm.amount.kind: an item of kind paid has an amount of kind fixed or ratio or sum, not none (二(二)6)',
  ],
  [
    'an amount at sign-off where the notice sets one',
    'kind: fixed, yuan: 300000',
    'kind: at-sign-off, yuan: 300000',
    'yuan: 300000',
    'items.dcmm.amount.kind: an item of kind paid has an amount of kind fixed or ratio or sum, not at-sign-off (二(二)6)',
  ],
  [
    'a fixed amount where the notice pays a share',
    'kind: ratio, percent: 20, claimed: input, yuan',
    'kind: fixed, yuan',
    'yuan: 8000000',
    'items.open-source.amount.kind: an item of kind paid has an amount of kind ratio, not fixed (二(一)3)',
  ],
  [
    'tiers where the guide alone decides',
    'kind: at-sign-off, yuan: 4000000',
    'kind: tiers, revenue: park, earlier: park, tiers: [{ id: one, yuan: 1 }]',
    'kind: tiers, revenue: park',
    'items.software-park-a.amount.kind: an item of kind by-guide has an amount of kind at-sign-off or fixed or ratio or sum, not tiers (二(四)10)',
  ],
  [
    'a share of what is no fact',
    'claimed: input',
    'claimed: costs',
    'claimed: costs',
    'items.open-source.amount.claimed: names a fact that the item does not ask: "costs"',
  ],
  [
    'a share of what is no money',
    'claimed: input',
    'claimed: repository',
    'claimed: repository',
    'items.open-source.amount.claimed: the fact repository is no money, but text',
  ],
  [
    'tiers by what is no money',
    'earlier: earlier',
    'earlier: tier',
    'earlier: tier',
    'items.growth-milestone.amount.earlier: the fact tier is no money, but enum',
  ],
  // Pools.
  ['an unknown pool', 'pool: software-2027', 'pool: gold', 'pool: gold', 'items.dcmm.pool: no pool gold'],
  [
    'money without a pool',
    '    pool: software-2027\n',
    '',
    'id: dcmm',
    'items.dcmm.pool: an item with money has a pool',
  ],
  [
    'a pool without money',
    'item: innovation-catalogue',
    'item: innovation-catalogue\n    pool: software-2027',
    'pool: software-2027\n'.trim(),
    'items.innovation-catalogue.pool: an item without money has no pool',
  ],
  [
    'a pool that no item uses',
    'items:\n',
    '  - { id: idle, fund: f, fiscalYear: 2027, topic: t, title: { zh: 池, en: P }, allocation: { mode: ranked, residue: keep, unit: fen, minimumPayableYuan: 0 }, yearEnd: { unspent: lapse }, objectionsDue: { days: 15, unit: calendar }, clawbackDue: { days: 30, unit: calendar } }\nitems:\n',
    'id: idle',
    'pools.idle.id: no item is paid from the pool idle',
  ],
  // Facts.
  [
    'a choice of nothing',
    level,
    '{ id: level, type: enum, title: { zh: 等级, en: Level } }',
    'type: enum, title: { zh: 等级',
    'items.dcmm.facts.level.values: a fact to choose has values',
  ],
  [
    'values of what is no choice',
    level,
    '{ id: level, type: integer, title: { zh: 等级, en: Level }, values: [{ id: a, title: { zh: 一, en: A } }] }',
    'values: [{ id: a',
    'items.dcmm.facts.level.values: only a fact to choose has values',
  ],
  [
    'a matter of what is not asked',
    'kind: dcmm, facts: [level]',
    'kind: dcmm, facts: [grade]',
    'facts: [grade]',
    'items.dcmm.matter.facts.0: names a fact that the item does not ask: "grade"',
  ],
  [
    'evidence of what is not asked',
    'fact: certificate }',
    'fact: number }',
    'fact: number }',
    'items.dcmm.evidence.0.fact: names a fact that the item does not ask: "number"',
  ],
  // Conditions.
  [
    'a condition that is no expression',
    levelCondition,
    cel('facts.level >= 3 &&& true'),
    'facts.level >= 3 &&&',
    `${inLevel}.expression: at character 20: the character "&" cannot be read here`,
  ],
  [
    'a condition that compares unlike things',
    levelCondition,
    cel('facts.level >= "3"'),
    'facts.level >= "3"',
    `${inLevel}.expression: at character 1: these types do not go together here: "int >= string"`,
  ],
  [
    'a condition on an unknown fact',
    levelCondition,
    cel('facts.grade >= 3'),
    'facts.grade',
    `${inLevel}.expression: at character 7: it has no field "grade"`,
  ],
  [
    'a condition on an unknown field of the enterprise',
    levelCondition,
    cel('enterprise.colour == "red"'),
    'enterprise.colour',
    `${inLevel}.expression: at character 12: it has no field "colour"`,
  ],
  [
    'a condition on an unknown name',
    levelCondition,
    cel('today == "2027-01-01"'),
    'today ==',
    `${inLevel}.expression: at character 1: there is no value of the name "today"`,
  ],
  [
    'a condition that is no statement',
    levelCondition,
    cel('facts.level + 3'),
    'facts.level + 3',
    `${inLevel}.expression: it gives "int", not "bool"`,
  ],
  [
    'an input that is no fact',
    'inputs: [facts.level]',
    'inputs: [facts.grade]',
    'inputs: [facts.grade]',
    `${inLevel}.inputs.0: names no value: "facts.grade"`,
  ],
  [
    'an input that is a whole expression',
    'inputs: [facts.level]',
    'inputs: [submittedOn, facts.level + 1]',
    'facts.level + 1]',
    `${inLevel}.inputs.1: names no value: "facts.level + 1"`,
  ],
  // Amounts that are added up.
  ...(
    [
      [
        'a part of what is not asked',
        '{ id: a, title: { zh: 一, en: A }, kind: share, of: input, percent: 0.5 }',
        'parts.a.of: names a fact that the item does not ask: "input"',
      ],
      [
        'a share of what is no money',
        '{ id: a, title: { zh: 一, en: A }, kind: share, of: level, percent: 0.5 }',
        'parts.a.of: the fact level is integer, not money',
      ],
      [
        'pieces that are no number',
        '{ id: a, title: { zh: 一, en: A }, kind: piece, count: certificate, eachYuan: 10 }',
        'parts.a.count: the fact certificate is text, not integer',
      ],
      [
        'a threshold that is not asked',
        '{ id: a, title: { zh: 一, en: A }, kind: step, of: level, above: { fact: before }, everyYuan: 1, eachYuan: 1 }',
        'parts.a.above.fact: names a fact that the item does not ask: "before"',
      ],
      [
        'a value that a fact never has',
        '{ id: a, title: { zh: 一, en: A }, kind: fixed, yuan: 1, when: { fact: level, is: three } }',
        'parts.a.when.is: the fact level (integer) never has the value three',
      ],
      [
        'a fact of a value that is not asked',
        '{ id: a, title: { zh: 一, en: A }, kind: fixed, yuan: 1, when: { fact: grade, is: 3 } }',
        'parts.a.when.fact: names a fact that the item does not ask: "grade"',
      ],
      [
        'a step of nothing',
        '{ id: a, title: { zh: 一, en: A }, kind: step, of: level, everyYuan: 0, eachYuan: 1 }',
        'parts.a.everyYuan: a step is above nothing',
      ],
    ] as const
  ).map(([name, part, fault]): (typeof faults)[number] => [
    name,
    'amount: { kind: fixed, yuan: 300000 }',
    `amount: { kind: sum, yuan: 300000, parts: [${part}] }`,
    'kind: sum',
    `items.dcmm.amount.${fault}`,
  ]),
  [
    'a sum above the notice',
    'amount: { kind: fixed, yuan: 300000 }',
    'amount: { kind: sum, yuan: 500001, parts: [{ id: a, title: { zh: 一, en: A }, kind: fixed, yuan: 1 }] }',
    'kind: sum',
    "items.dcmm.amount.yuan: 500001 yuan is above the notice's 500000 yuan (二(二)6)",
  ],
  // Process.
  [
    'a sign-off without the lead',
    'kind: approve, by: lead',
    'kind: recommend, by: district',
    'kind: recommend',
    'items.dcmm.signOff.steps: no step is the approval by the lead',
  ],
  [
    'a sign-off by an unknown department',
    'by: lead',
    'by: gz-xyz',
    'by: gz-xyz',
    'items.dcmm.signOff.steps.0.by: a step is taken by lead, by district, or by a list of departments',
  ],
  [
    'an approval before the last step',
    leadApproves,
    '{ kind: approve, by: lead }, { kind: opinion, by: [gz-sti] }',
    'by: [gz-sti]',
    'items.dcmm.signOff.steps.0.kind: only the last step is an approval',
  ],
  [
    'two approvals',
    leadApproves,
    '{ kind: approve, by: lead }, { kind: approve, by: lead }',
    'by: lead }, {',
    'items.dcmm.signOff.steps.0.kind: only the last step is an approval',
  ],
  [
    'an approval by others than the lead',
    leadApproves,
    '{ kind: approve, by: [gz-sti] }, { kind: approve, by: lead }',
    'by: [gz-sti]',
    'items.dcmm.signOff.steps.0.by: only the lead approves',
  ],
  [
    'a recommendation by others than the district',
    leadApproves,
    '{ kind: recommend, by: lead }, { kind: approve, by: lead }',
    'kind: recommend',
    'items.dcmm.signOff.steps.0.by: only the district recommends',
  ],
  [
    'an opinion of nobody in particular',
    leadApproves,
    '{ kind: opinion, by: district }, { kind: approve, by: lead }',
    'kind: opinion',
    'items.dcmm.signOff.steps.0.by: an opinion is given by departments that are named by their ids',
  ],
  [
    'an opinion of a department that the notice does not have',
    leadApproves,
    '{ kind: opinion, by: [gz-sti, gz-xyz] }, { kind: approve, by: lead }',
    'gz-xyz',
    'items.dcmm.signOff.steps.0.by.1: the notice has no department gz-xyz',
  ],
  [
    'a step that rests on what is not asked',
    leadApproves,
    '{ kind: approve, by: lead, restsOn: [level, licence, grade] }',
    'grade]',
    'items.dcmm.signOff.steps.0.restsOn.2: names no fact or material of the item: grade',
  ],
  [
    'a reminder before the time has begun',
    signOffDue,
    `${signOffDue}\n      remindBefore: { days: 21, unit: working }`,
    'remindBefore',
    'items.dcmm.signOff.remindBefore.days: 21 days are longer than the 20 days until it is due',
  ],
  [
    'a warning before the time has begun',
    correctionDue,
    `${correctionDue}, warnBefore: { days: 6, unit: working }`,
    'warnBefore',
    'items.dcmm.correction.warnBefore.days: 6 days are longer than the 5 days until it is due',
  ],
  [
    'a warning in days of another kind',
    correctionDue,
    `${correctionDue}, warnBefore: { days: 2, unit: calendar }`,
    'warnBefore',
    'items.dcmm.correction.warnBefore.unit: is counted in calendar days, and what is due in working days',
  ],
  // Experts.
  [
    'experts on a fact that is not asked',
    ...experts('facts: [level, grade]'),
    'items.dcmm.experts.facts.1: names a fact that the item does not ask: "grade"',
  ],
  [
    'experts on a material that is not asked',
    ...experts('materials: [licence, plan]'),
    'items.dcmm.experts.materials.1: names a material that the item does not ask: "plan"',
  ],
  [
    'a criterion twice',
    ...experts('criteria: [{ id: use, title: { zh: 用处, en: Use }, points: 5 }, { id: use,'),
    'items.dcmm.experts.criteria.use.id: use stands twice in criteria',
  ],
  [
    'an approval that rests on less than experts score',
    `steps: [${leadApproves}]`,
    `steps: [{ kind: approve, by: lead, restsOn: [level] }]`,
    'restsOn: [level]',
    'items.dcmm.signOff.steps.0.restsOn: leaves out what experts score: licence',
    changed('item: dcmm', `item: dcmm\n    ${scoredBy}`),
  ],
  [
    'experts where nothing is paid',
    'item: innovation-catalogue',
    `item: innovation-catalogue\n    ${scoredBy.replace('level', 'product').replace('licence', 'certificate')}`,
    'facts: [product], materials',
    'items.innovation-catalogue.experts: an item without money is not scored by experts',
  ],
  [
    'a version of another year',
    'version: "2027.1"',
    'version: "2026.2"',
    'version: "2026.2"',
    'version: is not a version of the year 2027',
  ],
  // Shape.
  [
    'a translation left out',
    'en: Not in Guangzhou',
    'de: Nicht in Kanton',
    'de: Nicht',
    'items.dcmm.conditions.in-guangzhou.unmet.en: the translation is missing',
  ],
  [
    'a translation left empty',
    'en: Not in Guangzhou',
    "en: ''",
    "en: ''",
    'items.dcmm.conditions.in-guangzhou.unmet.en: the translation is missing',
  ],
  [
    'a translation left blank',
    'en: Not in Guangzhou',
    "en: '　 '",
    "en: '　 '",
    'items.dcmm.conditions.in-guangzhou.unmet.en: the translation is missing',
  ],
  [
    'a field left out',
    '    competition: competitive\n',
    '',
    'id: open-source',
    'items.open-source.competition: is missing',
  ],
  [
    'an unknown field',
    'year: 2027',
    'year: 2027\ncolour: red',
    'colour: red',
    'colour: Unrecognized key: "colour"',
  ],
  ...[
    ...['http://example.org/form.docx', '/templates/../portal.json', 'https://'],
    ...['javascript:alert(1)', '//example.org/form.docx'],
  ].map((template): (typeof faults)[number] => [
    `the template ${template}`,
    'title: { zh: 审计, en: Audit }, formats: [application/pdf], maxBytes: 1000',
    `title: { zh: 审计, en: Audit }, formats: [application/pdf], maxBytes: 1000, template: "${template}"`,
    template,
    'items.open-source.materials.audit.template: a template is a file of /templates/ or an address that begins with https://',
  ]),
  [
    'an instant without an offset',
    'opensAt: "2027-03-01T00:00:00+08:00"',
    'opensAt: "2027-03-01T00:00:00"',
    'opensAt: "2027-03-01T00:00:00"',
    'items.dcmm.window.opensAt: an instant has a date, a time and an offset, e.g. 2026-03-01T00:00:00+08:00',
  ],
];

describe('a guide', () => {
  it('without a fault comes out with amounts in fen and instants in UTC', () => {
    const { data, faults } = read(smallGuideText);
    expect(faults).toEqual([]);
    expect(data?.items.map((item) => [item.id, item.amount])).toEqual([
      ['dcmm', { kind: 'fixed', fen: 30_000_000 }],
      ['open-source', { kind: 'ratio', percent: 20, claimed: 'input', fen: 800_000_000 }],
      ['growth-milestone', expect.objectContaining({ kind: 'tiers', skipped: 'highest' })],
      ['software-park-a', { kind: 'at-sign-off', fen: 400_000_000 }],
      ['innovation-catalogue', { kind: 'none' }],
    ]);
    expect(data?.items[0]?.window.opensAt).toBe('2027-02-28T16:00:00.000Z');
  });

  it.each(faults)('with %s is refused with its line', (_, from, to, at, fault, base = smallGuideText) => {
    const text = changed(from, to, base);
    const found = read(text);
    expect(found.data).toBeUndefined();
    const same = found.faults.filter((line) => line.endsWith(`: ${fault}`));
    expect(same, found.faults.join('\n')).toHaveLength(1);
    // Where a text stands on several lines, one of them is meant.
    const lines = text
      .split('\n')
      .flatMap((line, index) => (line.includes(at) ? [`guide.yaml:${index + 1}: ${fault}`] : []));
    expect(lines).toContain(same[0]);
  });

  it('may open with the first instant of the notice, and go up to its ceilings', () => {
    const text = [
      ['opensAt: "2027-03-01T00:00:00+08:00"', 'opensAt: "2023-08-28T00:00:00+08:00"'],
      ['yuan: 300000', 'yuan: 500000'],
      ['percent: 20', 'percent: 30'],
      ['yuan: 8000000', 'yuan: 10000000'],
      ['yuan: 2500000', 'yuan: 3000000'],
    ].reduce((before, [from = '', to = '']) => changed(from, to, before), smallGuideText);
    expect(read(text).faults).toEqual([]);
  });

  it('may have a recommendation, opinions and an approval, deadlines with a warning, and experts', () => {
    const text = [
      [
        leadApproves,
        '{ kind: recommend, by: district, restsOn: [licence] }, { kind: opinion, by: [gz-sti, gz-sasac] }, { kind: approve, by: lead }',
      ],
      [signOffDue, `${signOffDue}\n      remindBefore: { days: 20, unit: working }`],
      [
        correctionDue,
        `${correctionDue}, warnBefore: { days: 5, unit: working }, grace: { days: 1, unit: calendar }`,
      ],
      ['item: dcmm', `item: dcmm\n    ${scoredBy}`],
    ].reduce((before, [from = '', to = '']) => changed(from, to, before), smallGuideText);
    // Every item has the steps, and only the first one has a licence.
    expect(read(text).faults.filter((fault) => fault.includes('items.dcmm'))).toEqual([]);
  });

  it('that names no steps is signed off by the lead departments, in one', () => {
    const { data, faults } = read(changed('      steps: [{ kind: approve, by: lead }]\n', ''));
    expect(faults).toEqual([]);
    expect(data?.items[0]?.signOff.steps).toEqual([{ kind: 'approve', by: 'lead' }]);
  });

  it('may have a notice of seconds only while it is a sample', () => {
    const seconds = changed('{ days: 7, unit: calendar }', '{ seconds: 2 }');
    expect(read(seconds).faults).toEqual([]);
    const real = changed('illustrative: true', 'illustrative: false', seconds);
    const fault = 'notice.seconds: a notice of seconds is for an illustrative guide only';
    expect(read(real).faults).toHaveLength(5);
    expect(read(real).faults[0]).toBe(`${lineOf(real, 'seconds: 2')}items.dcmm.${fault}`);
  });

  it('is refused with all of its faults at once, those of shape beside those of rules', () => {
    const text = [
      ['en: Not in Guangzhou', 'de: Nicht in Kanton'],
      ['yuan: 300000', 'yuan: 500001'],
      ['percent: 20', 'percent: 40'],
      ['kind: dcmm, facts: [level]', 'kind: dcmm, facts: [grade]'],
      [levelCondition, cel('facts.level >= "3"')],
      ['unit: calendar', 'unit: lunar'],
      ['id: growth-milestone', 'id: open-source'],
      ['pool: software-2027', 'pool: gold'],
    ].reduce((before, [from = '', to = '']) => changed(from, to, before), smallGuideText);
    const { faults } = read(text);
    for (const part of [
      'unmet.en: the translation is missing',
      "500001 yuan is above the notice's 500000 yuan",
      "40% is above the notice's 30%",
      'does not ask: "grade"',
      'do not go together here',
      'notice',
      'open-source stands twice in items',
      'must be growth-milestone',
      'no pool gold',
    ]) {
      expect(faults.join('\n')).toContain(part);
    }
  });

  it('of which any part is something else is read or refused, and never trips the check', () => {
    const text = changed('item: dcmm', `item: dcmm\n    ${scoredBy}`);
    const paths = pathsOf(parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
        const document = parse(text);
        const holder = path.slice(0, -1).reduce((node, step) => Reflect.get(node, step), document);
        Reflect.set(holder, path.at(-1) ?? '', value);
        const { guide, faults } = readGuide(document, notice);
        expect(guide === undefined).toBe(faults.length > 0);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    '',
    '[]',
    'a text',
    '42',
    'items: 5',
    'items: [1, null, []]\npools: {}',
    '*nowhere',
    'a: [',
    'a: 1\na: 2',
  ])('that reads %j is refused, not stumbled over', (text) => {
    const { data, faults } = read(text);
    expect(data).toBeUndefined();
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.every((fault) => fault.startsWith('guide.yaml'))).toBe(true);
  });
});
