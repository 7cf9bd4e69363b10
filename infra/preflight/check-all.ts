import type { Environment } from '../environment-settings.ts';
import { Account } from './account.ts';
import { checkAccess } from './check-access.ts';
import { checkAccount } from './check-account.ts';
import { checkOrphans } from './check-first-deployment.ts';
import { checkIssuer } from './check-issuer.ts';
import { checkLimits } from './check-limits.ts';
import { checkProperties } from './check-properties.ts';
import type { Finding } from './finding.ts';
import type { StackTemplate } from './templates.ts';

/** What templates and settings show by themselves. */
export function checkOffline(stacks: readonly StackTemplate[], environment: Environment): Finding[] {
  return [
    ...stacks.flatMap((stack) => [
      ...checkProperties(stack, environment.partition),
      ...checkLimits(stack),
      ...checkOrphans(stack),
    ]),
    ...checkAccess(stacks, environment),
  ];
}

/** What the issuer and the account show. */
export async function checkOnline(
  stacks: readonly StackTemplate[],
  environment: Environment,
): Promise<Finding[]> {
  return [
    ...(await checkIssuer(environment.oidcIssuer)),
    ...checkAccount(new Account(environment), stacks, environment),
  ];
}
