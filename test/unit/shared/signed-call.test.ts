import { expect, it } from 'vitest';
import { signedHeaders } from '../../../functions/shared/signed-call.ts';

/** The example of AWS's test suite of Signature Version 4 (`post-vanilla`). */
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const call = {
  url: new URL('https://example.amazonaws.com/'),
  service: 'service',
  region: 'us-east-1',
  headers: {},
  body: '',
};
const now = new Date('2015-08-30T12:36:00Z');

it('signs as the published example does', () => {
  expect(signedHeaders(call, credentials, now)).toEqual({
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, ' +
      'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  });
});

it('signs every header, the body and the token of temporary credentials', () => {
  const signature = (changed: Partial<typeof call>, token?: string) =>
    signedHeaders({ ...call, ...changed }, { ...credentials, sessionToken: token }, now)['authorization'];
  expect(signature({ headers: { 'x-amz-target': 'AWSEvents.PutEvents' } }, 'token')).toContain(
    'SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target,',
  );
  const different = [signature({}), signature({ body: '{}' }), signature({}, 'a'), signature({}, 'b')];
  expect(new Set(different).size).toBe(4);
});
