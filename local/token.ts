/** `npm run --silent token -- --list | NAME`: the demo users, or a bearer token of one of them. */
import * as z from 'zod';
import { demoUsers, findDemoUser } from './issuer/demo-users.ts';

const answerSchema = z.object({ access_token: z.string() });

async function main(argument: string | undefined): Promise<void> {
  if (argument === '--list') {
    const users = demoUsers.map(({ displayName: _, ...user }) => user);
    process.stdout.write(`${JSON.stringify(users, undefined, 2)}\n`);
    return;
  }
  if (!argument || argument.startsWith('-'))
    throw new Error('usage: npm run --silent token -- --list | NAME');
  if (!findDemoUser(argument)) throw new Error(`there is no demo user ${argument}; --list shows them`);
  const server = `http://127.0.0.1:${process.env['PORT'] ?? '3000'}`;
  const response = await fetch(`${server}/oidc/demo-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: argument }),
  }).catch(() => {
    throw new Error(`nothing answers at ${server}; run npm start first, or set PORT`);
  });
  if (!response.ok) throw new Error(`${server} answers ${response.status}; is it this system, and ready?`);
  process.stdout.write(`${answerSchema.parse(await response.json()).access_token}\n`);
}

try {
  await main(process.argv[2]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
