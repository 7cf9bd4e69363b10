import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  hashIdentity,
  identityInput,
  isUnconfirmed,
  namesOf,
  normalise,
  withoutHashes,
} from '../../../../functions/filing/enterprise/identity.ts';
import { type KeyedHash, messageOf } from '../../../../functions/filing/enterprise/keyed-hash.ts';
import { dcmmContent } from '../../../builders/content.ts';

/** Keeps what is asked for; its "hashes" can be read, so that a test sees what was hashed. */
function setup() {
  const asked: string[] = [];
  const keyedHash: KeyedHash = {
    hash: async (field, value) => {
      asked.push(messageOf(field, value));
      return messageOf(field, value);
    },
  };
  return { asked, keyedHash };
}

const InputSchema = z.strictObject(identityInput);

describe('the name of an enterprise', () => {
  const [own, other] = ['广州示例云帆软件有限公司', '广州示例木棉智能有限公司'];
  it.each([
    ['is the login’s', own, own, undefined, { name: own }],
    ['is the login’s, however it is written', '广州示例云帆软件 有限公司', own, undefined, { name: own }],
    [
      'is the login’s where another is stated, which is kept',
      other,
      own,
      undefined,
      { name: own, statedName: other },
    ],
    [
      'is the stated one where the login has none, as such',
      own,
      undefined,
      undefined,
      { name: own, statedName: own },
    ],
    ['is no empty one of a login', own, ' ', undefined, { name: own, statedName: own }],
    ['stays where it was submitted', own, other, { name: own }, { name: own }],
    [
      'stays with the stated one',
      own,
      own,
      { name: own, statedName: other },
      { name: own, statedName: other },
    ],
    [
      'is the login’s of today where a third one is stated',
      '第三家公司',
      other,
      { name: own },
      { name: other, statedName: '第三家公司' },
    ],
  ])('%s', (_case, stated, login, fixed, expected) => {
    expect(namesOf(stated, login, fixed)).toEqual(expected);
  });

  it('is unconfirmed where nobody else gives it', () => {
    expect(isUnconfirmed({ name: own, statedName: own })).toBe(true);
    expect(isUnconfirmed({ name: own, statedName: other })).toBe(false);
    expect(isUnconfirmed({ name: own })).toBe(false);
  });
});

describe('a value to compare', () => {
  it.each([
    [
      'bank accounts',
      ['6222021234567890123', '6222 0212-3456 7890 123', '６２２２０２１２３４５６７８９０１２３'],
    ],
    ['identity numbers', ['11010519491231002X', '11010519491231002x', '110105 19491231 002Ｘ']],
    ['names', ['王小明', '王 小明', '王\u3000小\u200b明']],
    [
      'names with a dot inside',
      ['阿依古丽·买买提', '阿依古丽•买买提', '阿依古丽・买买提', '阿依古丽 买买提'],
    ],
    ['names in Latin letters', ['Zoë Müller', 'ZOË MÜLLER', 'Zoe\u0308 Mu\u0308ller']],
  ])('is the same however it is written: %s', (_kind, ways) => {
    expect(new Set(ways.map(normalise)).size).toBe(1);
  });

  it.each([
    ['6222021234567890123', '6222021234567890132'],
    ['王小明', '王晓明'],
  ])('differs where it differs: %s, %s', (one, other) => {
    expect(normalise(one)).not.toBe(normalise(other));
  });
});

describe('personal data as it is sent', () => {
  it.each([
    { legalRepresentative: { name: '王小明' }, bankAccount: '6222 0212 3456 7890 123' },
    { legalRepresentative: { name: '王小明', idNumber: '11010519491231002x' } },
    { legalRepresentative: { name: 'Zoë Müller', idNumber: 'C01X0006H' }, bankAccount: null },
    { legalRepresentative: null },
    {},
  ])('is taken: %j', (input) => {
    expect(InputSchema.parse(input)).toEqual(input);
  });

  it.each([
    { bankAccount: '12345' },
    { bankAccount: '-- -- --' },
    { bankAccount: '账户一二三四五六' },
    { bankAccount: '1'.repeat(101) },
    { bankAccount: 6222021234567890 },
    { legalRepresentative: '王小明' },
    { legalRepresentative: { name: '王' } },
    { legalRepresentative: { name: '王小明1' } },
    { legalRepresentative: { idNumber: '11010519491231002X' } },
    { legalRepresentative: { name: '王小明', idNumber: '1101051949123100XX' } },
    { legalRepresentative: { name: '王小明', telephone: '1' } },
    { bankAccountHash: 'a'.repeat(64) },
  ])('is refused: %j, without a word of it', (input) => {
    const { error } = InputSchema.safeParse(input);
    expect(error?.issues.length).toBeGreaterThan(0);
    const message = error?.issues.map((issue) => issue.message).join() ?? '';
    expect(message).not.toMatch(/王|账户|\d{5}/);
  });
});

describe('the hashes that are kept', () => {
  const stored = { legalRepresentativeHash: 'a', legalRepresentativeIdHash: 'b', bankAccountHash: 'c' };

  it('are made of the field and the normalised value', async () => {
    const { keyedHash } = setup();
    const identity = {
      legalRepresentative: { name: '王 小明', idNumber: '11010519491231002x' },
      bankAccount: '6222 0212',
    };
    expect(await hashIdentity(keyedHash, identity)).toEqual({
      legalRepresentativeHash: 'legal-representative:王小明',
      legalRepresentativeIdHash: 'legal-representative-id:11010519491231002X',
      bankAccountHash: 'bank-account:62220212',
    });
  });

  it('stay when nothing is stated, and cost no call', async () => {
    const { keyedHash, asked } = setup();
    expect(await hashIdentity(keyedHash, {}, stored)).toEqual(stored);
    expect(await hashIdentity(keyedHash, {})).toEqual({});
    expect(asked).toEqual([]);
  });

  it('go when null is stated, each by itself', async () => {
    const { keyedHash, asked } = setup();
    expect(await hashIdentity(keyedHash, { legalRepresentative: null }, stored)).toEqual({
      bankAccountHash: 'c',
    });
    const { bankAccountHash: _, ...representative } = stored;
    expect(await hashIdentity(keyedHash, { bankAccount: null }, stored)).toEqual(representative);
    expect(asked).toEqual([]);
  });

  it('of another person do not keep the number of the one before', async () => {
    const { keyedHash } = setup();
    const hashes = await hashIdentity(keyedHash, { legalRepresentative: { name: '李华' } }, stored);
    expect(hashes).toEqual({ legalRepresentativeHash: 'legal-representative:李华', bankAccountHash: 'c' });
  });

  it('are not shown', () => {
    const { enterprise } = dcmmContent();
    expect(withoutHashes({ ...enterprise, ...stored })).toEqual(enterprise);
  });
});
