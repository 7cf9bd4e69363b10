import { describe, expect, it } from 'vitest';
import { plainContact, plainSource } from '../../../../functions/publicity/objections/contact.ts';

const one = <T>(values: readonly T[]) => new Set(values).size === 1;

describe('a crowd of invented people', () => {
  it.each([
    ['13800001111', '+86 138 0000 1111', '0086-13800001111', '8613800001111', '138-0000-1111'],
    ['020-81234567', '2081234567', '+862081234567', '0086 20 8123 4567'],
  ])('has one phone, however it is written: %s', (...addresses) => {
    expect(one(addresses.map((address) => plainContact({ via: 'phone', address })))).toBe(true);
  });

  it('has one mailbox, whatever stands behind a plus', () => {
    const addresses = ['a.b@example.org', 'A.B@EXAMPLE.org', 'a.b+1@example.org', 'a.b+x+y@example.org'];
    expect(one(addresses.map((address) => plainContact({ via: 'email', address })))).toBe(true);
    expect(plainContact({ via: 'email', address: '+1@example.org' })).toBe('email:+1@example.org');
    expect(plainContact({ via: 'email', address: 'ab@example.org' })).not.toBe(
      plainContact({ via: 'email', address: 'a.b@example.org' }),
    );
  });

  it('has one network of IPv6, and shares none of IPv4 with others', () => {
    expect(
      one(['2001:db8:0:7::1', '2001:DB8::7:0:0:0:2', '2001:0db8:0000:0007:ffff::'].map(plainSource)),
    ).toBe(true);
    expect(plainSource('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(plainSource('0:0:0:0:0:FFFF:192.0.2.2')).toBe('192.0.2.2');
  });
});
