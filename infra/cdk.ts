import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { placeholders } from './environment-rules.ts';
import { EnvironmentError, environmentNames, parseEnvironment } from './environments.ts';

/**
 * `npm run synth|diff|deploy -- ENV [arguments of the CDK CLI]`: runs the CDK CLI on all stacks of one environment.
 * Each environment has an output folder of its own, so that two of them can be synthesized at once.
 */
const repository = fileURLToPath(new URL('..', import.meta.url));
const commands = ['synth', 'diff', 'deploy'] as const;
type Command = (typeof commands)[number];

/** The part of a cloud assembly's manifest that names stacks and templates. */
const ManifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      properties: z
        .object({ stackName: z.string().optional(), templateFile: z.string().optional() })
        .optional(),
    }),
  ),
});

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function main([given, name = '', ...rest]: readonly string[]): void {
  const command: Command | undefined = commands.find((candidate) => candidate === given);
  if (!command) fail(`Usage: npm run ${commands.join('|')} -- ENVIRONMENT`);
  if (!environmentNames.includes(name)) {
    const problem =
      name === '' || name.startsWith('-') ? 'Name an environment' : `There is no environment ${name}`;
    fail(`${problem}: npm run ${command} -- ${environmentNames.join('|')}`);
  }
  const environment = parseEnvironment(name);
  if (command === 'deploy') refusePlaceholders(environment);

  const output = join(repository, 'cdk.out', name);
  const cli = fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'));
  // Only deploying wants to be told that all stacks are meant.
  const options = { synth: ['--quiet'], diff: [], deploy: ['--all'] }[command];
  // The CLI starts the app by the name `node`: ours comes first, whatever the machine has.
  const path = [join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const result = spawnSync(
    process.execPath,
    [cli, command, ...options, '-c', `environment=${name}`, '--output', output, ...rest],
    { cwd: repository, stdio: 'inherit', env: { ...process.env, PATH: path } },
  );
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
  if (command === 'synth') printTemplates(output);
}

/** Nothing is deployed to an account or announced under a name that was only an example. */
function refusePlaceholders(environment: ReturnType<typeof parseEnvironment>): void {
  if (environment.name === 'local') fail('The environment local runs on this machine: npm start');
  const faults = placeholders(environment);
  if (faults.length > 0) throw new EnvironmentError(faults);
}

function printTemplates(output: string): void {
  const manifest = ManifestSchema.parse(JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')));
  for (const { properties } of Object.values(manifest.artifacts)) {
    if (!properties?.templateFile) continue;
    console.log(`${properties.stackName}  ${relative(process.cwd(), join(output, properties.templateFile))}`);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  fail(error.message);
}
