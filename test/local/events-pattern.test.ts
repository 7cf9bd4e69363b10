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
