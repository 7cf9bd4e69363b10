import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerPage } from '../../../../functions/publicity/portal/answer-page.ts';
import { openPortalFiles, type PortalFiles } from '../../../../functions/publicity/portal/portal-files.ts';
import { portalSettings } from '../../../../functions/publicity/portal/portal-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'portal-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files: PortalFiles;
beforeAll(() => {
  mkdirSync(join(directory, 'files', 'assets'), { recursive: true });
  const put = (path: string, text: string) => writeFileSync(join(directory, 'files', path), text);
  put('index.html', '<!doctype html>');
  put('assets/main-1a2b.js', 'plain');
  put('assets/main-1a2b.js.br', 'packed');
  put('icon.svg', '<svg/>');
  const index = {
    '/index.html': { type: 'text/html; charset=utf-8', hash: 'page', codings: [] },
    '/assets/main-1a2b.js': { type: 'text/javascript; charset=utf-8', hash: 'script', codings: ['br'] },
    '/icon.svg': { type: 'image/svg+xml', hash: 'icon', codings: [] },
  };
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
  files = openPortalFiles(directory);
});

const origins = { issuer: 'https://id.example.com', uploads: 'https://bucket.s3.example.com' };
const get = (path: string, acceptEncoding?: string, ifNoneMatch?: string) =>
  answerPage(files, { path, acceptEncoding, ifNoneMatch }, origins);

describe('the portal', () => {
  it.each(['/', '/measures', '/applications/01ARZ3NDEKTSV4RRFFQ69G5FAV/form', '/constructor', '/v1x'])(
    'answers %s with its page, which is asked for anew each time',
    (path) => {
      const answer = get(path);
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', etag: '"page"' },
      });
      expect(answer?.body?.toString()).toBe('<!doctype html>');
    },
  );

  it.each(['/v1', '/v1/nothing', '/v2/awards', '/oidc/auth'])('leaves %s to the API', (path) => {
    expect(get(path)).toBeUndefined();
  });

  it.each([
    '/assets/main-0000.js',
    '/assets/../index.json',
    '/robots.txt',
    '/wp-login.php',
    '/../index.json',
  ])('has no file %s, and no page in its place', (path) => {
    expect(get(path)).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
    expect(get(path)?.body).toBeUndefined();
  });

  it('keeps files that have their hash in their name for good, packed for whoever takes that', () => {
    const packed = get('/assets/main-1a2b.js', 'gzip, br');
    expect(packed?.headers).toMatchObject({
      'content-encoding': 'br',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      etag: '"script-br"',
    });
    expect(packed?.body?.toString()).toBe('packed');
    expect(get('/assets/main-1a2b.js', 'br;q=0, gzip')?.body?.toString()).toBe('plain');
    expect(get('/assets/main-1a2b.js')?.headers).not.toHaveProperty('content-encoding');
  });

  it('sends nothing that the browser has', () => {
    expect(get('/icon.svg', undefined, '"other", W/"icon"')).toMatchObject({ status: 304 });
    expect(get('/icon.svg', undefined, '"other"')).toMatchObject({ status: 200 });
  });

  it('lets scripts do nothing but ask its own origin, the issuer and the bucket', () => {
    const policy = get('/')?.headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self' https://id.example.com https://bucket.s3.example.com");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(get('/assets/none.js')?.headers).toMatchObject({ 'content-security-policy': policy });
  });
});

describe('the settings of the portal', () => {
  const variables = {
    OIDC_ISSUER: 'https://id.example.com/realms/gz',
    PORTAL_SETTINGS: JSON.stringify({ clientId: 'portal', scope: 'openid', icp: '粤ICP备00000000号' }),
    UPLOADS_URL: 'https://bucket.s3.cn-north-1.amazonaws.com.cn',
  };

  it('tell the browser how to log in, and where requests may go', () => {
    expect(portalSettings(variables)).toEqual({
      origins: { issuer: 'https://id.example.com', uploads: variables.UPLOADS_URL },
      told: {
        issuer: variables.OIDC_ISSUER,
        clientId: 'portal',
        scope: 'openid',
        icp: '粤ICP备00000000号',
      },
    });
  });

  it('take another address of S3 where the SDK was given one', () => {
    const { origins: given } = portalSettings({
      ...variables,
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000/',
    });
    expect(given.uploads).toBe('http://127.0.0.1:9000');
  });
});
