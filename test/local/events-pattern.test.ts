import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../local/events/pattern.ts';

const event = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws-cn:s3:::documents', 'arn:other'],
  detail: {
    bucket: { name: 'documents' },
    object: { key: 'applications/01/a.PDF', size: 300 },
    ip: '10.0.0.7',
    ip6: '2001:db8::1',
    empty: '',
    nothing: null,
    flag: true,
    none: [],
    'dotted.inner': { deep: 'x' },
    lines: [
      { kind: 'a', count: 1 },
      { kind: 'b', count: 2 },
    ],
  },
};

describe('a pattern', () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    ['exact', { source: ['aws.s3'] }, true],
    ['one of several', { source: ['x', 'aws.s3'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['all fields', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }, false],
    ['one element of a list', { resources: ['arn:other'] }, true],
    ['nested', { detail: { bucket: { name: ['documents'] } } }, true],
    ['nested in nothing', { detail: { nowhere: { name: ['documents'] } } }, false],
    ['number', { detail: { object: { size: [300] } } }, true],
    ['number is no text', { detail: { object: { size: ['300'] } } }, false],
    ['null', { detail: { nothing: [null] } }, true],
    ['null is not absence', { detail: { nowhere: [null] } }, false],
    ['empty text', { detail: { empty: [''] } }, true],
    ['boolean', { detail: { flag: [true] } }, true],
    ['prefix', { detail: { object: { key: [{ prefix: 'applications/' }] } } }, true],
    ['prefix of a number', { detail: { object: { size: [{ prefix: '3' }] } } }, false],
    [
      'prefix without case',
      { detail: { object: { key: [{ prefix: { 'equals-ignore-case': 'APPLI' } }] } } },
      true,
    ],
    ['suffix', { detail: { object: { key: [{ suffix: '.pdf' }] } } }, false],
    [
      'suffix without case',
      { detail: { object: { key: [{ suffix: { 'equals-ignore-case': '.pdf' } }] } } },
      true,
    ],
    ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'AWS.S3' }] }, true],
    ['wildcard', { detail: { object: { key: [{ wildcard: 'applications/*/*.PDF' }] } } }, true],
    ['wildcard without a fit', { detail: { object: { key: [{ wildcard: 'applications/*.docx' }] } } }, false],
    ['wildcard takes a dot as a dot', { source: [{ wildcard: 'aws?s*' }] }, false],
    ['anything-but', { source: [{ 'anything-but': 'aws.ec2' }] }, true],
    ['anything-but a list', { source: [{ 'anything-but': ['aws.ec2', 'aws.s3'] }] }, false],
    ['anything-but numbers', { detail: { object: { size: [{ 'anything-but': [300, 5] }] } } }, false],
    ['anything-but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }, false],
    ['anything-but prefixes', { source: [{ 'anything-but': { prefix: ['x', 'y'] } }] }, true],
    ['anything-but a suffix', { source: [{ 'anything-but': { suffix: '.s3' } }] }, false],
    [
      'anything-but without case',
      { source: [{ 'anything-but': { 'equals-ignore-case': ['AWS.S3'] } }] },
      false,
    ],
    ['anything-but a wildcard', { source: [{ 'anything-but': { wildcard: 'a*3' } }] }, false],
    ['anything-but needs the field', { nowhere: [{ 'anything-but': 'x' }] }, false],
    ['exists', { detail: { flag: [{ exists: true }] } }, true],
    ['exists of null', { detail: { nothing: [{ exists: true }] } }, true],
    ['exists of an object', { detail: { bucket: [{ exists: true }] } }, false],
    ['exists of an empty list', { detail: { none: [{ exists: true }] } }, false],
    ['absent', { detail: { nowhere: [{ exists: false }] } }, true],
    ['absent below what is absent', { nowhere: { deeper: [{ exists: false }] } }, true],
    ['not absent', { detail: { flag: [{ exists: false }] } }, false],
    ['absent or a value', { detail: { flag: [{ exists: false }, true] } }, true],
    ['numeric =', { detail: { object: { size: [{ numeric: ['=', 300] }] } } }, true],
    ['numeric range', { detail: { object: { size: [{ numeric: ['>', 0, '<=', 300] }] } } }, true],
    ['numeric outside', { detail: { object: { size: [{ numeric: ['>=', 0, '<', 300] }] } } }, false],
    ['numeric of text', { source: [{ numeric: ['>', 0] }] }, false],
    ['cidr', { detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, true],
    ['cidr outside', { detail: { ip: [{ cidr: '10.0.1.0/24' }] } }, false],
    ['cidr of version 6', { detail: { ip6: [{ cidr: '2001:db8::/32' }] } }, true],
    ['cidr of text', { source: [{ cidr: '10.0.0.0/24' }] }, false],
    ['$or, first', { $or: [{ source: ['aws.s3'] }, { source: ['x'] }] }, true],
    ['$or, none', { $or: [{ source: ['y'] }, { source: ['x'] }] }, false],
    ['$or and more', { source: ['x'], $or: [{ source: ['aws.s3'] }, { source: ['x'] }] }, false],
    [
      '$or, nested',
      { detail: { $or: [{ flag: [false] }, { object: { size: [{ numeric: ['<', 400] }] } }] } },
      true,
    ],
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html: names joined by dots.
    ['dotted', { 'detail.bucket.name': ['documents'] }, true],
    ['dotted inside', { detail: { 'object.size': [300] } }, true],
    ['dotted with another value', { 'detail.bucket.name': ['others'] }, false],
    ['dotted twice', { 'detail.object.size': [300], 'detail.object': { key: [{ suffix: '.PDF' }] } }, true],
    ['dotted and absent', { 'detail.bucket.size': [{ exists: false }] }, true],
    ['nested in a dotted field', { detail: { dotted: { inner: { deep: ['x'] } } } }, true],
    ['dotted as the field', { detail: { 'dotted.inner': { deep: ['x'] } } }, true],
    ['dotted into two objects of a list', { 'detail.lines.kind': ['a'], 'detail.lines.count': [2] }, false],
    ['dotted into one object of a list', { 'detail.lines.kind': ['b'], 'detail.lines.count': [2] }, true],
    ['empty prefix', { source: [{ prefix: '' }] }, true],
    ['one object of a list', { detail: { lines: { kind: ['b'], count: [2] } } }, true],
    ['two objects of a list together', { detail: { lines: { kind: ['a'], count: [2] } } }, false],
  ])('%s', (_name, pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  test('takes an escaped star in a wildcard literally', () => {
    const matches = compilePattern({ a: [{ wildcard: 'x\\*y*' }] });
    expect([matches({ a: 'x*y' }), matches({ a: 'x*yz' }), matches({ a: 'xzy' })]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each<[unknown, RegExp]>([
    [{ a: [{ like: 'x' }] }, /pattern\.a: matcher "like" is not supported/],
    [{ a: [{ 'anything-but': { numeric: ['>', 1] } }] }, /anything-but: matcher "numeric"/],
    [{ a: [{ prefix: { wildcard: 'x' } }] }, /prefix: matcher "wildcard"/],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, /exactly one name/],
    [{ a: [{ prefix: 5 }] }, /prefix must be a string/],
    [{ a: [{ numeric: ['!', 5] }] }, /comparison "!"/],
    [{ a: [{ numeric: ['>', '5'] }] }, /"5" is not a number/],
    [{ a: [{ numeric: ['>'] }] }, /numeric needs/],
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html: numbers and ranges.
    [{ a: [{ numeric: ['>', 5, '<', 5] }] }, /5 is not below 5/],
    [{ a: [{ numeric: ['>=', 5, '<=', 5] }] }, /5 is not below 5/],
    [{ a: [{ numeric: ['>', 6, '<=', 5] }] }, /6 is not below 5/],
    [{ a: [{ numeric: ['>', 0, '>', 5] }] }, /from > to >/],
    [{ a: [{ numeric: ['<', 5, '>', 0] }] }, /from < to >/],
    [{ a: [{ numeric: ['=', 5, '=', 5] }] }, /from = to =/],
    [{ a: [{ numeric: ['>', 6e9] }] }, /more than 5000000000/],
    // The same page: anything-but takes texts or numbers, never both, and no empty prefix or suffix.
    [{ a: [{ 'anything-but': ['x', 5] }] }, /texts alone or numbers alone/],
    [{ a: [{ 'anything-but': ['x', null] }] }, /texts alone or numbers alone/],
    [{ a: [{ 'anything-but': null }] }, /texts alone or numbers alone/],
    [{ a: [{ 'anything-but': true }] }, /texts alone or numbers alone/],
    [{ a: [{ 'anything-but': [] }] }, /empty list/],
    [{ a: [{ 'anything-but': { prefix: '' } }] }, /prefix must not be empty/],
    [{ a: [{ 'anything-but': { suffix: ['x', ''] } }] }, /suffix must not be empty/],
    [{ a: [{ 'anything-but': { prefix: null } }] }, /prefix must be a string/],
    [{ a: [{ 'anything-but': { prefix: { 'equals-ignore-case': 'x' } } }] }, /prefix must be a string/],
    [{ a: [{ 'anything-but': { 'equals-ignore-case': [1] } }] }, /must be a string/],
    [{ a: [{ prefix: null }] }, /prefix must be a string/],
    [{ a: [{ wildcard: '*:*:*:*:*:x' }] }, /too complex/],
    [{ a: [{ wildcard: 'x\\y' }] }, /can be escaped/],
    [{ 'a.b': 'x' }, /pattern\.a\.b must be an object/],
    [{ a: [{ exists: 'x' }] }, /exists must be true or false/],
    [{ a: [{ cidr: 'x/8' }] }, /no address range/],
    [{ a: [{ wildcard: 'x**' }] }, /two \*/],
    [{ a: [[1]] }, /no value to compare/],
    [{ a: [] }, /empty list/],
    [{ a: 'x' }, /pattern\.a must be an object/],
    [{}, /pattern is empty/],
    [{ $or: [{ a: [1] }] }, /\$or needs/],
  ])('%j is refused', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
