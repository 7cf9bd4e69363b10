import { spawnSync } from 'node:child_process';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeholders } from './environment-rules.ts';
import type { Environment } from './environment-settings.ts';
import { EnvironmentError, environmentNames, parseEnvironment } from './environments.ts';
import { Account } from './preflight/account.ts';
import { checkOffline, checkOnline } from './preflight/check-all.ts';
import { isFirstDeployment } from './preflight/check-first-deployment.ts';
import { tellFinding } from './preflight/finding.ts';
import { parameterArguments } from './preflight/parameters.ts';
import { readTemplates, type StackTemplate } from './preflight/templates.ts';

/**
 * `npm run synth|diff|preflight|bootstrap|deploy -- ENV [arguments of the CDK CLI]`: runs the CDK CLI on all stacks of one
 * environment. Each environment has an output folder of its own, so that two of them can be synthesized at once.
 */
const repository = fileURLToPath(new URL('..', import.meta.url));
const commands = ['synth', 'diff', 'preflight', 'bootstrap', 'deploy'] as const;
type Command = (typeof commands)[number];

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

async function main([given, name = '', ...rest]: readonly string[]): Promise<void> {
  const command: Command | undefined = commands.find((candidate) => candidate === given);
  if (!command) fail(`Usage: npm run ${commands.join('|')} -- ENVIRONMENT`);
  if (!environmentNames.includes(name)) {
    const problem =
      name === '' || name.startsWith('-') ? 'Name an environment' : `There is no environment ${name}`;
    fail(`${problem}: npm run ${command} -- ${environmentNames.join('|')}`);
  }
  const environment = parseEnvironment(name);
  if (command === 'deploy' || command === 'bootstrap') refusePlaceholders(environment);

  switch (command) {
    case 'synth':
      synthesize(environment, rest);
      return printTemplates(environment);
    case 'diff':
      return runCdk(environment, ['diff', ...rest]);
    case 'bootstrap':
      // Named, since the CLI would otherwise look for what stacks say, without an environment to synthesize.
      return runCdk(environment, [
        'bootstrap',
        `aws://${environment.account}/${environment.region}`,
        ...rest,
      ]);
    case 'preflight':
      await preflight(environment, rest.includes('--offline'));
      return;
    case 'deploy':
      return deploy(environment, rest);
  }
}

/** Ends the process with 1 and every finding when there is one. */
async function preflight(environment: Environment, offline: boolean): Promise<readonly StackTemplate[]> {
  synthesize(environment, []);
  const stacks = readTemplates(outputOf(environment));
  const findings = [
    ...checkOffline(stacks, environment),
    ...(offline ? [] : await checkOnline(stacks, environment)),
  ];
  if (findings.length > 0) fail(findings.map(tellFinding).join('\n\n'));
  console.log(
    `The preflight of ${environment.name} found nothing${offline ? ' in templates and settings' : ''}.`,
  );
  return stacks;
}

/** What has never been complete is deployed without protection first, and protected when all of it is there. */
async function deploy(environment: Environment, rest: readonly string[]): Promise<void> {
  const stacks = await preflight(environment, false);
  const account = new Account(environment);
  const first = stacks.filter(({ name }) => isFirstDeployment(account.stack(name))).map(({ id }) => id);
  const all = ['deploy', '--all', ...parameterArguments(stacks, environment), ...rest];
  if (first.length > 0) runCdk(environment, [...all, '-c', `unprotected=${first.join(',')}`]);
  if (first.length === 0 || environment.deletionProtection) runCdk(environment, all);
}

function synthesize(environment: Environment, rest: readonly string[]): void {
  runCdk(environment, ['synth', '--quiet', ...rest]);
}

function runCdk(environment: Environment, args: readonly string[]): void {
  const cli = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'));
  // The CLI starts the app by the name `node`: ours comes first, whatever the machine has.
  const path = [join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const result = spawnSync(
    process.execPath,
    [cli, ...args, '-c', `environment=${environment.name}`, '--output', outputOf(environment)],
    { cwd: repository, stdio: 'inherit', env: { ...process.env, PATH: path } },
  );
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function outputOf({ name }: Environment): string {
  return join(repository, 'cdk.out', name);
}

/** Nothing is deployed to an account or announced under a name that was only an example. */
function refusePlaceholders(environment: Environment): void {
  if (environment.name === 'local') fail('The environment local runs on this machine: npm start');
  const faults = placeholders(environment);
  if (faults.length > 0) throw new EnvironmentError(faults);
}

function printTemplates(environment: Environment): void {
  for (const { name, file } of readTemplates(outputOf(environment))) {
    console.log(`${name}  ${relative(process.cwd(), file)}`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  fail(error.message);
}
