import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, SignJWT } from 'jose';
import { inject } from 'vitest';
import { type Instance, startInstance } from '../../local/instance.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text when it is none; undefined when there is no body. */
  readonly body: unknown;
}

interface ApiRequest {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole system of its own for one journey: a free port, a data dir in which nothing has happened but a first start. */
export interface JourneyInstance {
  /** The running instance; another one after `restart`. */
  readonly current: Instance;
  /** Everything the instance logged so far. */
  readonly logs: readonly string[];
  /** Calls the API as a demo user, or as nobody. */
  call(user: string | undefined, method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>;
  /** A token of a demo user with other claims, signed as the issuer's own: what a provider would give that errs. */
  tokenWith(user: string, claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** Stops the instance and starts it again with the same state and port. */
  restart(): Promise<void>;
  /** Stops the instance and removes its data dir. */
  stop(): Promise<void>;
}

/**
 * Starts the system from the assembly that the global setup synthesized.
 * @param faults seed of the faults that it meets. Default: that of `npm run faults`, or none
 */
export async function startJourneyInstance(
  faults = Number(process.env['FAULTS_SEED'] ?? Number.NaN),
): Promise<JourneyInstance> {
  const dataDir = await mkdtemp(join(tmpdir(), 'journey-'));
  const isFaulty = Number.isInteger(faults);
  // With faults the first start is to meet them too.
  if (!isFaulty) await cp(inject('startedDir'), dataDir, { recursive: true });
  const logs: string[] = [];
  const start = (port: number): Promise<Instance> =>
    startInstance({
      port,
      dataDir,
      assemblyDir: inject('assemblyDir'),
      guides: 'rehearsal',
      log: (line) => void logs.push(line),
      verbose: true,
      ...(isFaulty && { faults }),
    });
  let current = await start(0);
  // They outlive restarts, as the issuer's keys do.
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (user: string): Promise<string> => {
    const token = tokens.get(user) ?? current.token(user);
    tokens.set(user, token);
    return token;
  };
  return {
    get current() {
      return current;
    },
    logs,
    async call(user, method, path, { body, headers } = {}) {
      const response = await fetch(`${current.url}${path}`, {
        method,
        headers: {
          ...(user && { authorization: `Bearer ${await tokenOf(user)}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: parse(await response.text()) };
    },
    async tokenWith(user, claims) {
      const token = await tokenOf(user);
      const { alg = '', ...header } = decodeProtectedHeader(token);
      const secrets = await readFile(join(dataDir, 'issuer', 'secrets.json'), 'utf8');
      const { jwks } = JSON.parse(secrets) as { readonly jwks: { readonly keys: JWK[] } };
      const key = jwks.keys.find(({ kid }) => kid === header.kid);
      if (!key) throw new Error('the issuer does not keep the key of its tokens');
      return new SignJWT({ ...decodeJwt(token), ...claims })
        .setProtectedHeader({ ...header, alg })
        .sign(await importJWK(key, alg));
    },
    async restart() {
      await current.stop();
      current = await start(Number(new URL(current.url).port));
    },
    async stop() {
      await current.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
