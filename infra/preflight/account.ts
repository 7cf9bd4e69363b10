import { spawnSync } from 'node:child_process';
import * as z from 'zod';
import type { Environment } from '../environment-settings.ts';
import type { DeployedStack } from './check-first-deployment.ts';
import { parseTemplate, type Resource } from './templates.ts';

/** The account could not be asked: no AWS CLI, no credentials, no rights. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
}

const StacksSchema = z.object({
  Stacks: z.array(
    z.looseObject({
      StackName: z.string(),
      StackStatus: z.string(),
      EnableTerminationProtection: z.boolean().default(false),
      Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]),
    }),
  ),
});
const IdentitySchema = z.object({ Account: z.string() });
const LambdaSchema = z.object({ AccountLimit: z.object({ ConcurrentExecutions: z.number() }) });

/** The account of an environment, asked through the AWS CLI, whose credentials the CDK CLI uses too. */
export class Account {
  readonly #region: string;
  #stacks: z.output<typeof StacksSchema>['Stacks'] | undefined;

  constructor({ region }: Pick<Environment, 'region'>) {
    this.#region = region;
  }

  /** Number of the account that the credentials are of. @throws AccountError */
  number(): string {
    return IdentitySchema.parse(this.#ask('sts', 'get-caller-identity')).Account;
  }

  /** A stack by its name; undefined when there is none. @throws AccountError */
  stack(name: string): DeployedStack | undefined {
    const found = this.#find(name);
    return found && { status: found.StackStatus, terminationProtection: found.EnableTerminationProtection };
  }

  /** Version of the bootstrap stack, 0 when there is none. @throws AccountError */
  bootstrapVersion(): number {
    const output = this.#find('CDKToolkit')?.Outputs.find(
      ({ OutputKey }) => OutputKey === 'BootstrapVersion',
    );
    return Number(output?.OutputValue ?? 0);
  }

  /** Resources of the template that a stack was deployed with last. @throws AccountError */
  deployedResources(name: string): Readonly<Record<string, Resource>> {
    const answer = z
      .object({ TemplateBody: z.unknown() })
      .parse(this.#ask('cloudformation', 'get-template', '--stack-name', name));
    const { TemplateBody: body } = answer;
    return parseTemplate(typeof body === 'string' ? body : JSON.stringify(body)).resources;
  }

  /** Sandboxes that the account may have at once in the region. @throws AccountError */
  concurrency(): number {
    return LambdaSchema.parse(this.#ask('lambda', 'get-account-settings')).AccountLimit.ConcurrentExecutions;
  }

  #find(name: string): z.output<typeof StacksSchema>['Stacks'][number] | undefined {
    this.#stacks ??= StacksSchema.parse(this.#ask('cloudformation', 'describe-stacks')).Stacks;
    return this.#stacks.find(({ StackName }) => StackName === name);
  }

  #ask(...command: readonly string[]): unknown {
    const args = [...command, '--region', this.#region, '--output', 'json', '--no-cli-pager'];
    const { status, stdout, stderr, error } = spawnSync('aws', args, { encoding: 'utf8' });
    if (error) throw new AccountError(`the AWS CLI cannot be started: ${error.message}`);
    if (status !== 0)
      throw new AccountError(stderr.trim() || `aws ${command.join(' ')} ended with ${status}`);
    return JSON.parse(stdout);
  }
}
