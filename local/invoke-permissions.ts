/** Who may invoke which function, as the template's AWS::Lambda::Permission resources say. */
import * as z from 'zod';
import type { ResolvedProperties } from './contracts.ts';

const permissionSchema = z.looseObject({
  FunctionName: z.string(),
  Principal: z.string(),
  Action: z.string(),
});
const ruleSchema = z.looseObject({
  Targets: z.array(z.looseObject({ Arn: z.string() })).default([]),
});

/**
 * Collects grants and uses while resources are provisioned. Only the principal is compared: a forgotten
 * permission is the usual fault, a source ARN that is wrong shows up in the cloud.
 */
export class InvokePermissions {
  readonly #granted = new Set<string>();
  readonly #needed: Array<{ principal: string; functionArn: string; by: string }> = [];

  addPermission(properties: ResolvedProperties): void {
    const { FunctionName, Principal, Action } = permissionSchema.parse(properties);
    if (Action === 'lambda:InvokeFunction') this.#granted.add(`${Principal} ${nameOf(FunctionName)}`);
  }

  /** Notes that a service will invoke the function; `by` names the resource that makes it do so. */
  need(principal: string, functionArn: string, by: string): void {
    this.#needed.push({ principal, functionArn, by });
  }

  /** Notes the functions that an EventBridge rule has as targets. */
  needRule(logicalId: string, properties: ResolvedProperties): void {
    for (const { Arn } of ruleSchema.parse(properties).Targets) {
      if (Arn.includes(':lambda:')) this.need('events.amazonaws.com', Arn, logicalId);
    }
  }

  /** Throws for the first function that would be invoked without permission. */
  check(): void {
    for (const { principal, functionArn, by } of this.#needed) {
      if (this.#granted.has(`${principal} ${nameOf(functionArn)}`)) continue;
      throw new Error(
        `${by} invokes ${nameOf(functionArn)}, but no AWS::Lambda::Permission lets ${principal} do that`,
      );
    }
  }
}

function nameOf(functionNameOrArn: string): string {
  return functionNameOrArn.split(':function:').at(-1)?.split(':')[0] ?? functionNameOrArn;
}
