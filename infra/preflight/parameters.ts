import type { Environment } from '../environment-settings.ts';
import type { StackTemplate } from './templates.ts';

/**
 * Arguments of the CDK CLI that give every parameter of the stacks its value from the settings. CloudFormation keeps the value
 * that a parameter had, whatever default a new template has, so each deployment says all of them.
 * @throws Error for a parameter that the settings have no value for
 */
export function parameterArguments(
  stacks: readonly Pick<StackTemplate, 'name' | 'parameters'>[],
  environment: Environment,
): string[] {
  const values: Readonly<Record<string, string | undefined>> = {
    OidcIssuer: environment.oidcIssuer,
    OidcAudience: environment.oidcAudience,
    PortalOrigin: environment.allowedOrigins[0],
  };
  return stacks.flatMap(({ name, parameters }) =>
    Object.entries(parameters).flatMap(([parameter, { Type }]) => {
      // Looked up by CloudFormation itself at each deployment.
      if (Type.startsWith('AWS::SSM::')) return [];
      const value = values[parameter];
      if (value === undefined)
        throw new Error(`no setting gives the parameter ${parameter} of ${name} a value`);
      return ['--parameters', `${name}:${parameter}=${value}`];
    }),
  );
}
