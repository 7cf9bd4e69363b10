import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { allRoutes } from '../../../functions/contracts/routes.ts';
import { DraftBodySchema } from '../../../functions/filing/applications/draft-body.ts';
import { FileNameSchema, lineOf, textOf } from '../../../functions/shared/text.ts';
import { dcmmContent } from '../../builders/content.ts';
import { type Doors, openDoors } from '../../support/doors.ts';
import { people } from '../../support/rooms.ts';

/** Each with its place in 示例, or none of it. */
const strange = [
  ['the first half of a character', '\uD83D'],
  ['the second half of a character', '\uDE00'],
  ['NUL', '\0'],
  ['a control character', '\u001B'],
  ['one of the second block', '\u0085'],
  ['a space without width', '\u200B'],
  ['a joiner', '\u200D'],
  ['a word joiner', '\u2060'],
  ['a byte order mark', '\uFEFF'],
  ['a soft hyphen', '\u00AD'],
  ['a filler', '\u3164'],
  ['a mark from right to left', '\u200F'],
  ['an override', '\u202E'],
  ['an isolate', '\u2066'],
  ['an Arabic letter mark', '\u061C'],
  ['a separator of lines', '\u2028'],
  ['a tag', '\u{E0041}'],
  ['no character', '\uFFFE'],
] as const;

/** Strings that a schema holds, with their places. */
function strings(schema: z.core.$ZodType, path: readonly string[] = []): [string, z.ZodType][] {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  const inner = (value: unknown, ...step: string[]) => strings(value as z.core.$ZodType, [...path, ...step]);
  switch (def.type) {
    case 'string':
      return [[path.join('.'), schema as z.ZodType]];
    case 'object':
      return Object.entries(def['shape'] as object).flatMap(([key, value]) => inner(value, key));
    case 'array':
      return inner(def['element'], '[]');
    case 'record':
      return [...inner(def['keyType'], '{}'), ...inner(def['valueType'], '{}')];
    case 'union':
      return (def['options'] as unknown[]).flatMap((option, index) => inner(option, `|${index}`));
    case 'pipe':
      // What a transformation makes of a text is checked behind it.
      return (def['out'] as { def: { type: string } }).def.type === 'transform'
        ? inner(def['in'])
        : inner(def['out']);
    default:
      return def['innerType'] ? inner(def['innerType']) : [];
  }
}

const taken = allRoutes.flatMap((route) =>
  [route.params, route.query, route.headers, route.body].flatMap((schema) =>
    schema ? strings(schema).map(([path, text]) => ({ name: `${route.id} ${path}`, text })) : [],
  ),
);

/** Any text: what stands under a broken id has to be seen as well. Whole guides are looked through when they are read. */
const anyText =
  /^(getStoredHistory applicationId|getStoredHistoryOf id|getStoredLedger poolId|listStoredRows partition|proposeGuide guide)/;
/** What only differs in writing is put right in these. */
const putRight = /(uscc|organisation|identifier|predecessors\.\[\]|parent)$/;

describe('a text that a door takes', () => {
  it('is of one schema, or has a form', () => {
    expect(taken.length).toBeGreaterThan(200);
    const samples = ['示例', 'a', 'a'.repeat(64), '1', 'evt_'].flatMap((text) =>
      strange.map(([, character]) => `${text}${character}${text}`),
    );
    const open = taken.filter(
      ({ name, text }) =>
        !anyText.test(name) &&
        !putRight.test(name) &&
        samples.some((sample) => text.safeParse(sample).success),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('has no half of a character anywhere, ids that are looked for as they stand among them', () => {
    const open = taken.filter(({ text }) => text.safeParse('a\uD800').success);
    expect(open.map(({ name }) => name).filter((name) => !name.startsWith('proposeGuide guide'))).toEqual([]);
  });

  it.each(strange)('has no %s, and its place is told', (_, character) => {
    for (const schema of [lineOf(1, 20), textOf(1, 20)]) {
      const { error } = schema.safeParse(`𠮷例${character}文`);
      expect(error?.issues[0]).toMatchObject({ code: 'custom', params: { rule: 'character' } });
      expect(error?.issues[0]?.message).toContain('character 3 (U+');
    }
  });

  it('is composed, and without blanks around', () => {
    expect(lineOf(1, 20).parse(' Cafe\u0301\u3000')).toBe('Caf\u00e9');
    expect(textOf(1, 20).parse('甲\r\n乙\r丙\t丁 ')).toBe('甲\n乙\n丙\t丁');
  });

  it('of one line has no breaks', () => {
    for (const text of ['甲\n乙', '甲\r乙', '甲\t乙'])
      expect(lineOf(1, 20).safeParse(text).success).toBe(false);
  });

  it.each(['a\u{E0100}', '\u{E0100}例', '示\uFE0F', 'a\u200D😀', '😀\u200Da', '示\u200D例', 'a\uFE00'])(
    'has no selector or joiner that changes nothing, as in %j',
    (text) => {
      expect(lineOf(1, 20).safeParse(text).success).toBe(false);
    },
  );

  it.each([
    ...['葛\u{E0100}城', '葛\uFE00城', '𠮷野', '㐂', '\uE000', 'Ａ－１', 'Ελλάδα', '①②', '示例😀'],
    ...['❤️', '1️⃣', '👩‍💻', '👍🏽', '🇨🇳'],
  ])('may be %s', (text) => {
    expect(lineOf(1, 20).parse(text)).toBe(text.normalize('NFC'));
  });
});

describe('the name of a file', () => {
  it.each([
    ...['../a.pdf', 'a/b.pdf', 'a\\b.pdf', 'C:a.pdf', 'a\r\nb.pdf', 'a\0.pdf', 'a\u202Efdp.exe', 'a?.pdf'],
    ...[
      'a.pdf.exe',
      'a.exe.pdf',
      'a.tar.gz',
      'a.PDF.Js',
      '.htaccess',
      '..',
      'a.pdf.',
      'a|b.pdf',
      '"a".pdf',
      ' ',
    ],
    ...[
      'CON',
      'nul.pdf',
      'Com1.txt',
      'LPT¹.pdf',
      'aux.a.pdf',
      'a%2Fb.pdf',
      '..%5ca.pdf',
      'a%00.pdf',
      'a.exe .pdf',
    ],
  ])('is not %j', (name) => {
    expect(FileNameSchema.safeParse(name).success).toBe(false);
  });

  it.each([
    '营业执照.pdf',
    '审计报告（2025年度）.xlsx',
    'v1.2.pdf',
    '2024.05.01.pdf',
    '附件',
    'a.b.pdf',
    'CONTRACT.pdf',
    '增长50%.pdf',
  ])('may be %s', (name) => {
    expect(FileNameSchema.parse(name)).toBe(name);
  });
});

describe('a door', () => {
  let doors: Doors;
  beforeAll(async () => {
    doors = await openDoors();
  });
  afterAll(() => doors?.stop());
  const key = { 'idempotency-key': 'half-a-character' };
  const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

  it.each([
    ['createApplication', people.admin, { ...dcmmContent(), projectName: '示例\uD800项目' }, 'projectName'],
    [
      'createApplication',
      people.admin,
      { ...dcmmContent(), facts: { certificateNumber: 'a\uD800' } },
      'facts.certificateNumber',
    ],
    ['createApplication', people.admin, { ...dcmmContent(), facts: { 'a\uD800': 1 } }, 'facts.a\uD800'],
    [
      'declareInterest',
      people.reviewer,
      { organisation: '91440101731566630A', kind: 'other', note: '\uDC00ab' },
      'note',
    ],
    ['delegate', people.reviewer, { to: 'a\uD800', from: '2099-01-05', until: '2099-01-05' }, 'to'],
    [
      'proposeGuide',
      people.operator,
      { guide: { version: '2031.1', title: { zh: '\u202E指南', en: 'a' } }, cause: '年度申报' },
      'guide.title.zh',
    ],
    ['decidePlan', people.approver, { outcome: 'approve', planHash: '\uD800' }, 'planHash'],
    [
      'createWebhook',
      people.operator,
      { url: 'https://a\uD800.example', eventTypes: [], description: 'ab' },
      'url',
    ],
  ] as const)('%s refuses it, and names the field', async (route, actor, body, path) => {
    const { status, json } = await doors.call(route, { actor, headers: key, params: { roundId: id }, body });
    expect(status).toBe(400);
    expect((json as { errors: { path: string }[] }).errors.map((fault) => fault.path)).toContain(path);
  });

  it('gives a text to the rooms as it is composed', () => {
    const content = { ...dcmmContent(), projectName: '  Cafe\u0301 平台 ' };
    expect(DraftBodySchema.parse(content).projectName).toBe('Caf\u00e9 平台');
  });
});
