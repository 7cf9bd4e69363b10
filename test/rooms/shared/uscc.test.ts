import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClaims } from '../../../functions/people/claims.ts';
import { faultsOf } from '../../../functions/shared/problem.ts';
import { UsccSchema } from '../../../functions/shared/schemas.ts';
import { hasValidCheckCharacter } from '../../../functions/shared/uscc.ts';
import { OrganisationCodeSchema } from '../../../functions/shared/vocabulary.ts';

const alphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];
const body = fc
  .array(fc.constantFrom(...alphabet), { minLength: 17, maxLength: 17 })
  .map((characters) => characters.join(''));

/** The check characters that fit a body: by the standard exactly one. */
const fitting = (text: string) => alphabet.filter((last) => hasValidCheckCharacter(text + last));

describe('the check character of a credit code', () => {
  it.each(['914403001922038216', '9144030071526726XG', '91440101731566630A'])(
    'fits in the published code %s',
    (uscc) => {
      expect(hasValidCheckCharacter(uscc)).toBe(true);
    },
  );

  it.each(['', '91440101731566630', '91440101731566630AA', '91440101731566630I', '91440101731566630a'])(
    'does not fit %j, which is no code at all',
    (text) => {
      expect(hasValidCheckCharacter(text)).toBe(false);
    },
  );

  it('is exactly one for any seventeen characters', () => {
    fc.assert(fc.property(body, (text) => fitting(text).length === 1));
  });

  it('changes whenever one character is mistyped', () => {
    const mistyping = fc.record({
      text: body,
      position: fc.nat(16),
      other: fc.constantFrom(...alphabet),
    });
    fc.assert(
      fc.property(mistyping, ({ text, position, other }) => {
        fc.pre(text[position] !== other);
        const mistyped = text.slice(0, position) + other + text.slice(position + 1);
        return fitting(mistyped)[0] !== fitting(text)[0];
      }),
    );
  });
});

describe('a credit code as people write it', () => {
  it.each([
    '9144030071526726xg',
    '９１４４０３００７１５２６７２６ＸＧ',
    '9144 0300 7152 6726 XG',
    ' 9144030071526726XG\t\r\n',
    '\uFEFF9144030071526726XG\u200B',
    '91440300\u200D71526726\u2060XG',
    '91440300\u00A071526726\u3000XG',
    '91440300\u00AD71526726\u200EXG\uFE0F',
    '9144-0300—7152‑6726－XG',
    "'9144030071526726XG",
    '“9144030071526726XG”',
  ])('%j is taken for what it is', (text) => {
    expect(OrganisationCodeSchema.parse(text)).toBe('9144030071526726XG');
    expect(
      readClaims({ sub: 'a', id: 'ABCD', organisation: text }, { departments: new Set(), personClaim: 'id' })
        .actor.organisation,
    ).toBe('9144030071526726XG');
  });

  const faultOf = (text: string) => {
    const { error } = UsccSchema.safeParse(text);
    return error && faultsOf(error, 'uscc');
  };

  it.each([
    ['440101000012345', 'registration-number', '注册号'],
    ['４４０１０１　０００　０１２３４５', 'registration-number', '注册号'],
    ['715267260', 'organisation-number', '组织机构代码'],
    ['71526726-X', 'organisation-number', '组织机构代码'],
    ['440300715267260', 'registration-number', '注册号'],
    ['440101000012345（1-1）', 'registration-number', '注册号'],
    ['4401012000123', 'registration-number', '注册号'],
    ['44030071526726X', 'registration-number', '注册号'],
    ['71526726—X', 'organisation-number', '组织机构代码'],
    ['9144030071526726XO', 'invalid_format', '18'],
    ['9144030071526726X', 'invalid_format', '18'],
    ['', 'invalid_format', '18'],
  ])('%j is told apart: %s', (text, rule, zh) => {
    const faults = faultOf(text);
    expect(faults).toMatchObject([{ path: 'uscc', rule }]);
    expect(faults?.[0]?.message.zh).toContain(zh);
    expect(faults?.[0]?.message.en).not.toMatch(/[\u4e00-\u9fff]/);
  });
});
