import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DraftBodySchema } from '../../../functions/filing/applications/draft-body.ts';
import { faultsOf } from '../../../functions/shared/problem.ts';
import { shanghaiTime } from '../../../functions/shared/shanghai-date.ts';
import { both, lineOf } from '../../../functions/shared/text.ts';
import { dcmmContent } from '../../builders/content.ts';

function wordsOf(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value, { reportInput: true });
  return error ? faultsOf(error, '').map(({ path, message }) => [path, message.zh, message.en]) : [];
}

describe('what a fault says', () => {
  it.each([
    [z.object({ name: z.string() }), { name: 1 }, '名称：应为文字', 'it must be a text'],
    [z.object({ amountFen: z.int() }), { amountFen: 0.5 }, '金额：应为整数', 'it must be a whole number'],
    [z.object({ colours: z.array(z.int()) }), { colours: 1 }, '应为列表', 'it must be a list'],
    [
      z.object({ items: z.array(z.int()).max(1) }),
      { items: [1, 2] },
      '事项：不超过 1 项',
      'it must have at most 1 entries',
    ],
    [
      z.object({ reason: lineOf(2, 5) }),
      { reason: 'a' },
      '原因：不少于 2 个字符',
      'it must have at least 2 characters',
    ],
    [z.object({ year: z.int().min(2023) }), { year: 1 }, '年份：不少于 2023', 'it must be at least 2023'],
    [
      z.object({ mode: z.enum(['a', 'b']) }),
      { mode: 'c' },
      '分配方式：应为以下之一：“a”、“b”',
      'it must be one of "a", "b"',
    ],
    [
      z.object({ date: z.iso.date() }),
      { date: '2026' },
      '日期：应为日期，如 2026-03-01',
      'it must be a date, as 2026-03-01',
    ],
    [
      z.object({ email: z.email() }),
      { email: 'a' },
      '电子邮箱：应为电子邮箱地址',
      'it must be a mail address',
    ],
    [
      z.object({ id: z.string().regex(/^a$/) }),
      { id: 'b' },
      '编号：格式不符',
      'it does not have the form that is asked for',
    ],
    [
      z.object({ id: z.string().regex(/^a$/, { error: both('是甲', 'is a') }) }),
      { id: 'b' },
      '编号：是甲',
      'is a',
    ],
    [
      z.object({ reason: z.object({ zh: z.string() }) }),
      { reason: { zh: 1 } },
      '中文：应为文字',
      'it must be a text',
    ],
    [z.strictObject({}), { a: 1 }, '未知字段“a”', 'unknown field: "a"'],
    [z.object({ uscc: z.string() }), {}, '缺少统一社会信用代码', 'uscc is missing'],
  ])('is in both languages, whatever breaks', (schema, value, zh, en) => {
    expect(wordsOf(schema, value)[0]?.slice(1)).toEqual([zh, en]);
  });

  it('names the outcomes that there are', () => {
    const schema = z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('confirm') }),
      z.object({ outcome: z.literal('refuse') }),
    ]);
    expect(wordsOf(schema, { outcome: 'no' })).toEqual([
      ['outcome', '结果：应为以下之一：“confirm”、“refuse”', 'it must be one of "confirm", "refuse"'],
    ]);
  });

  it('names the forms that a fact may have', () => {
    const [fault] = wordsOf(DraftBodySchema, { ...dcmmContent(), facts: { level: null } });
    expect(fault).toEqual(['facts.level', '级别：内容不符合要求', 'it is not as asked for']);
  });

  it('has times as people there have them', () => {
    expect(shanghaiTime('2026-11-30T16:30:00.000Z')).toBe('2026-12-01 00:30');
  });
});
