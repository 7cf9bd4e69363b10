import { CfnParameter, type Stack } from 'aws-cdk-lib';
import type { Environment } from '../environment-settings.ts';

/** Origins that pages may come from: the portal's own, a parameter of the stack, and the others of the settings. */
export function portalOrigins(stack: Stack, { allowedOrigins: [own, ...others] }: Environment): string[] {
  const parameter = new CfnParameter(stack, 'PortalOrigin', {
    description: 'Origin of the portal: scheme, host and port, without a slash at its end',
    ...(own !== undefined && { default: own }),
    allowedPattern: '^https?://[^/]+$',
  });
  return [parameter.valueAsString, ...others];
}
