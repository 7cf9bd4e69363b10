import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../infra/ops.ts', import.meta.url));

/** A running system, and whoever has a token there. */
export interface Reachable {
  readonly url: string;
  token(user: string): Promise<string>;
}

/** Runs `npm run ops -- …` against a system, as one of its demo users. */
export async function runOps(
  { url, token }: Reachable,
  user: string,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const env = { ...process.env, API_URL: url, TOKEN: await token(user) };
  const child = spawn(process.execPath, [program, ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, out, err };
}
