import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasValidCheckCharacter } from '../../../functions/shared/uscc.ts';

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
