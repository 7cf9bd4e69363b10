import { describe, expect, it } from 'vitest';
import { cutToWidth, displayWidth, formatYuan, renderTable } from '../../local/demo/table.ts';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['dcmm', 4],
    ['广州', 4],
    ['上限（元）', 10],
    ['〔2025〕1号', 11],
    ['ＡＢ', 4],
    ['𠮷', 2],
    ['é', 1],
    ['e\u0301', 1],
    ['a\u200bb', 2],
  ])('of %j is %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('cutToWidth', () => {
  it.each([
    ['资金不足', 8, '资金不足'],
    ['资金不足', 7, '资金不…'],
    ['资金不足', 6, '资金…'],
    ['a资金', 4, 'a资…'],
    ['dcmm', 4, 'dcmm'],
    ['dcmms', 4, 'dcm…'],
    ['', 4, ''],
  ])('of %j to %i columns is %j', (text, columns, cut) => {
    expect(cutToWidth(text, columns)).toBe(cut);
    expect(displayWidth(cut)).toBeLessThanOrEqual(columns);
  });
});

describe('renderTable', () => {
  it('keeps columns in line when cells mix Chinese and Latin text', () => {
    const lines = renderTable(
      [{ title: '单位' }, { title: 'Award', align: 'right' }, { title: '理由' }],
      [
        ['广州示例', '1.00', '无'],
        ['ab', '1,000.00', ''],
      ],
    );
    expect(lines).toEqual([
      '单位         Award  理由',
      '────────  ────────  ────',
      '广州示例      1.00  无',
      'ab        1,000.00',
    ]);
  });

  it('renders a table without rows', () => {
    expect(renderTable([{ title: '事项' }], [])).toEqual(['事项', '────']);
  });
});

describe('formatYuan', () => {
  it.each([
    [0, '0.00'],
    [1, '0.01'],
    [99, '0.99'],
    [100_000, '1,000.00'],
    [123_456_789, '1,234,567.89'],
    [99_999, '999.99'],
    [-5, '-0.05'],
    [Number.MAX_SAFE_INTEGER, '90,071,992,547,409.91'],
  ])('writes %i fen as %s', (fen, text) => {
    expect(formatYuan(fen)).toBe(text);
  });
});
