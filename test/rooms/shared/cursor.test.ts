import { describe, expect, it } from 'vitest';
import { type CursorScope, decodeCursor, encodeCursor, scopeOf } from '../../../functions/shared/cursor.ts';
import { DomainError } from '../../../functions/shared/errors.ts';
import type { Bounds } from '../../../functions/shared/keys.ts';

const mine: CursorScope = { partition: { organisation: 'MINE' }, place: ['createdAt', 'pk', 'sk'] };
const theirs: CursorScope = { ...mine, partition: { organisation: 'THEIRS' } };
const lastKey = { organisation: 'MINE', createdAt: '2026-01-01', pk: 'APPLICATION#1', sk: 'STATE' };

const raw = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const opened = (cursor: string) => JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));

function faultsOf(cursor: string, scope: CursorScope) {
  try {
    decodeCursor(cursor, scope);
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, path: error.faults[0]?.path };
  }
  return undefined;
}

describe('a cursor', () => {
  it('leads back to the key of the page it was made from', () => {
    expect(decodeCursor(encodeCursor(lastKey, mine), mine)).toEqual(lastKey);
  });

  it('is missing at the beginning and at the end of a listing', () => {
    expect(encodeCursor(undefined, mine)).toBeUndefined();
    expect(decodeCursor(undefined, mine)).toBeUndefined();
  });

  it('does not carry the partition', () => {
    const cursor = encodeCursor(lastKey, mine) ?? '';
    expect(Buffer.from(cursor, 'base64url').toString('utf8')).not.toContain('MINE');
  });

  it('stays in the partition of the request even when it is made up', () => {
    const { of } = opened(encodeCursor({ ...lastKey, organisation: 'THEIRS' }, mine) ?? '');
    const forged = raw({
      of,
      at: { createdAt: '2', pk: 'APPLICATION#2', sk: 'STATE', organisation: 'THEIRS' },
    });
    expect(faultsOf(forged, mine)).toEqual({ code: 'invalid-request', path: 'query.cursor' });
    const { at } = opened(encodeCursor(lastKey, mine) ?? '');
    expect(decodeCursor(raw({ of, at }), mine)).toMatchObject({ organisation: 'MINE' });
  });

  it.each([
    ['of another partition', encodeCursor({ ...lastKey, organisation: 'THEIRS' }, theirs) ?? ''],
    ['that is no base64', '%%%'],
    ['that is no JSON', Buffer.from('not json').toString('base64url')],
    ['that is empty', ''],
    ['of another shape', raw({ at: lastKey })],
    [
      'without a part of the key',
      raw({ ...opened(encodeCursor(lastKey, mine) ?? ''), at: { pk: 'A', sk: 'B' } }),
    ],
    ['whose key is no text', raw({ of: 'x', at: { createdAt: 1, pk: 'A', sk: 'B' } })],
  ])('%s is refused on query.cursor', (_, cursor) => {
    expect(faultsOf(cursor, mine)).toEqual({ code: 'invalid-request', path: 'query.cursor' });
  });

  // DynamoDB answers to a place outside of a query's range with an error, the engine of the laptop with a page.
  it.each<[Bounds, readonly string[], readonly string[]]>([
    [{ prefix: 'LINE#' }, ['LINE#1', 'LINE#'], ['LINE', 'SIMULATION#1', 'A']],
    [{ from: 'B', to: 'D' }, ['B', 'C', 'D'], ['A', 'DA']],
    [{ before: 'D' }, ['A', 'C'], ['D', 'E']],
    [{ upTo: 'D' }, ['A', 'D'], ['DA']],
  ])('leads to a place within %j only', (bounds, within, outside) => {
    const range = { partition: ['pk', 'ROUND#1'] as const, sort: 'sk' };
    const whole = scopeOf(range);
    const scope = scopeOf({ ...range, bounds });
    for (const sk of within) {
      expect(decodeCursor(encodeCursor({ sk }, whole), scope)).toEqual({ pk: 'ROUND#1', sk });
    }
    for (const sk of outside) {
      const cursor = encodeCursor({ sk }, whole) ?? '';
      expect(faultsOf(cursor, scope)).toEqual({ code: 'invalid-request', path: 'query.cursor' });
    }
  });
});
