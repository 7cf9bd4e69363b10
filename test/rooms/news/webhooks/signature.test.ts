import { describe, expect, it } from 'vitest';
import { newSecret, signatureHeaders } from '../../../../functions/news/webhooks/signature.ts';

/** The vector of the reference implementations of the Standard Webhooks specification. */
const published = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  content: {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1_614_265_330_000),
    body: '{"test": 2432232314}',
  },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('the headers of a message', () => {
  it('are those of the published vector', () => {
    expect(signatureHeaders(published.content, [published.secret])).toEqual({
      'webhook-id': published.content.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': published.signature,
    });
  });

  it('leave parts of a second out of the signed time', () => {
    const at = new Date(published.content.at.getTime() + 999);
    expect(signatureHeaders({ ...published.content, at }, [published.secret])).toMatchObject({
      'webhook-timestamp': '1614265330',
      'webhook-signature': published.signature,
    });
  });

  it('hold a signature for each secret while one takes the place of another', () => {
    const other = newSecret();
    const { 'webhook-signature': both } = signatureHeaders(published.content, [other, published.secret]);
    const [first = '', second] = both.split(' ');
    expect(second).toBe(published.signature);
    expect(first).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect(first).not.toBe(second);
  });

  it.each([{ id: 'msg_other' }, { at: new Date(1_614_265_331_000) }, { body: '{"test":2432232314}' }])(
    'change with %o',
    (change) => {
      const headers = signatureHeaders({ ...published.content, ...change }, [published.secret]);
      expect(headers['webhook-signature']).not.toBe(published.signature);
    },
  );
});

describe('a new secret', () => {
  it('has the length and prefix that the specification asks for, and is never the same', () => {
    const secrets = Array.from({ length: 10 }, () => newSecret());
    expect(new Set(secrets).size).toBe(10);
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_/);
      expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
    }
  });
});
