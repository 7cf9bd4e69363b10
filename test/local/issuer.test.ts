import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { demoUsers } from '../../local/issuer/demo-users.ts';
import { createIssuer, type Issuer } from '../../local/issuer/issuer.ts';

const audience = 'https://api.example.test';
let dataDir: string;
let server: Server;
let serverUrl: string;
let issuer: Issuer;

async function issuerOf(directory: string): Promise<Issuer> {
  return createIssuer({ serverUrl, audience, dataDir: directory, log: () => {} });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'issuer-'));
  server = createServer((request, response) => void issuer.handle(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  serverUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  issuer = await issuerOf(dataDir);
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(dataDir, { recursive: true });
});

async function verify(token: string) {
  const keys = createRemoteJWKSet(new URL(`${issuer.url}/jwks`));
  return (await jwtVerify(token, keys, { issuer: issuer.url, audience })).payload;
}

/** Runs local/token.ts against the server, or against a port. */
async function runTokenCommand(args: string[], port = new URL(serverUrl).port) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../local/token.ts'), ...args], {
    env: { ...process.env, PORT: port },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const code = await new Promise((done) => child.once('close', done));
  return { code, out, err };
}

describe('the tokens of the local issuer', () => {
  it('carry the claims that the functions read', async () => {
    const payload = await verify(await issuer.token('admin-3'));
    expect(payload).toMatchObject({
      sub: 'admin-3',
      roles: ['organisation-admin'],
      organisation: expect.stringMatching(/^[0-9A-HJ-NPQRTUWXY]{18}$/),
      organisation_name: '广州示例木棉智能有限公司',
      name: '企业管理员 3 号',
    });
    expect(decodeJwt(await issuer.token('reviewer-sti-1'))).toMatchObject({
      roles: ['lead-reviewer'],
      department: 'gz-sti',
    });
  });

  it('are still good after a restart on the same data dir', async () => {
    const token = await issuer.token('operator-1');
    issuer = await issuerOf(dataDir);
    await expect(verify(token)).resolves.toMatchObject({ sub: 'operator-1' });
  });

  it('are refused to unknown users', async () => {
    await expect(issuer.token('nobody')).rejects.toThrow('no demo user nobody');
  });
});

describe('the portal logs in', () => {
  it('by authorization code and PKCE, choosing a user from a list', async () => {
    const cookies = new Map<string, string>();
    const go = async (url: string, init: RequestInit = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        ...init,
        redirect: 'manual',
        headers: { ...init.headers, cookie },
      });
      for (const header of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
        cookies.set(name, value);
      }
      return response;
    };
    const next = (response: Response) => new URL(response.headers.get('location') ?? '', serverUrl).href;
    const verifier = randomBytes(32).toString('base64url');
    const redirectUri = 'http://127.0.0.1:5173/callback';
    const query = new URLSearchParams({
      client_id: 'portal',
      response_type: 'code',
      scope: 'openid profile apply',
      redirect_uri: redirectUri,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 'here',
    });

    const login = next(await go(`${issuer.url}/auth?${query}`));
    const page = await (await go(login)).text();
    expect(page).toContain('演示登录');
    expect(page).toContain('value="reviewer-miit-1"');
    const chosen = await go(login, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'login=preparer-2',
    });
    const callback = new URL(next(await go(next(chosen))));
    expect(callback.origin + callback.pathname).toBe(redirectUri);
    const response = await fetch(`${issuer.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'portal',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    });
    const tokens = z.object({ access_token: z.string(), id_token: z.string() }).parse(await response.json());
    await expect(verify(tokens.access_token)).resolves.toMatchObject({
      sub: 'preparer-2',
      roles: ['preparer'],
      organisation_name: '广州示例珠江数据有限公司',
    });
    expect(decodeJwt(tokens.id_token)).toMatchObject({ sub: 'preparer-2', name: '申报人 2 号' });
  });
});

describe('the token command', () => {
  it('lists the demo users as JSON', async () => {
    const { code, out } = await runTokenCommand(['--list']);
    expect(code).toBe(0);
    const users = z.array(z.object({ name: z.string(), roles: z.array(z.string()) })).parse(JSON.parse(out));
    expect(users).toHaveLength(demoUsers.length);
    expect(users).toContainEqual({ name: 'approver-1', roles: ['budget-approver'] });
  });

  it('prints a token of the running issuer and nothing else', async () => {
    const { code, out } = await runTokenCommand(['preparer-1']);
    expect(code).toBe(0);
    await expect(verify(out.trim())).resolves.toMatchObject({ sub: 'preparer-1' });
  });

  it('says in one line that it does not know a user, or that no server answers', async () => {
    const unknown = await runTokenCommand(['nobody']);
    expect(unknown).toMatchObject({ code: 1, out: '' });
    expect(unknown.err.trim().split('\n')).toEqual([expect.stringContaining('no demo user nobody')]);
    const silent = await runTokenCommand(['preparer-1'], '1');
    expect(silent).toMatchObject({ code: 1, out: '' });
    expect(silent.err.trim().split('\n')).toEqual([expect.stringContaining('nothing answers at')]);
  });
});

describe('the demo companies', () => {
  it('have codes whose two check digits are right and which differ', () => {
    const codes = demoUsers.flatMap(({ organisation }) => organisation ?? []);
    expect(new Set(codes).size).toBe(19);
    for (const code of codes) {
      const values = [...code].map((character) => '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(character));
      const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1];
      const sum = weights.reduce((total, weight, index) => total + weight * (values[index] ?? Number.NaN), 0);
      expect(sum % 31).toBe(0);
    }
  });
});
