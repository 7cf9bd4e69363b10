/** `npm start`: runs the system on this machine until it is interrupted. */
import { parseArgs } from 'node:util';
import { type Instance, startInstance } from './instance.ts';
import { demoUsers } from './issuer/demo-users.ts';
import { onceParentIsGone } from './parent.ts';

const help = `npm start [-- --reset] [-- --rehearsal] [-- --verbose]

Synthesizes the CDK app for environment local and runs that template on this machine.

  --reset       delete the state of earlier runs first
  --rehearsal   publish the guides with public notices of seconds instead of days, to play a round through
  --verbose     show everything the functions print, not only warnings and errors
  --help        this text

  PORT          port of the API on 127.0.0.1 (3000)
  DATA_DIR      where state is kept (.local)
`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      reset: { type: 'boolean', default: false },
      rehearsal: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const given = process.env['PORT'] || '3000';
  const port = Number(given);
  if (!/^\d+$/.test(given) || port < 1 || port > 65_535) throw new Error(`PORT ${given} is no port number`);
  return { ...values, port, dataDir: process.env['DATA_DIR'] || '.local' };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printWelcome(instance: Instance): void {
  const reviewers = demoUsers.filter(({ department }) => department).map(({ name }) => name);
  const officers = demoUsers.filter(({ department, organisation }) => !department && !organisation);
  const companies = demoUsers.filter(({ roles }) => roles.includes('organisation-admin')).length;
  print(`ready ${instance.url}`);
  print(`  open    ${instance.url}/ (the portal: log in by choosing a person)`);
  print(`          ${instance.url}/openapi.json`);
  print(`  mails   ${instance.mailUrl}`);
  print(
    `  logins  preparer-1 and admin-1 to preparer-${companies} and admin-${companies} (one company a number)`,
  );
  print(`          ${reviewers.join(', ')}`);
  print(`          ${officers.map(({ name }) => name).join(', ')}`);
  print('  token   npm run --silent token -- preparer-1');
}

/** Resolves with the first signal, or the end of npm. Another signal, after a moment, ends the process at once. */
function interruption(): Promise<string> {
  return new Promise((done) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      // A terminal signals the whole group and npm passes its own on: the same Ctrl-C can come twice.
      if (first !== undefined && Date.now() - first > 1000) process.exit(130);
      first ??= Date.now();
      done(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    onceParentIsGone(() => done('npm has ended'));
  });
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return print(help);
  const starting = new AbortController();
  const { signal } = starting;
  const interrupted = interruption().then((name) => {
    print(`stopping (${name})`);
    starting.abort();
  });
  let instance: Instance;
  try {
    const guides = options.rehearsal ? 'rehearsal' : 'sample';
    instance = await startInstance({ ...options, guides, log: print, signal });
  } catch (error) {
    // Ctrl-C during the start reaches the synthesizing process too, whose end is then no fault.
    if (signal.aborted) return;
    throw error;
  }
  if (!signal.aborted) printWelcome(instance);
  await interrupted;
  await instance.stop();
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.replaceAll('\n', ' | ')}\n`);
  process.exit(1);
}
