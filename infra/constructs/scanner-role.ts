import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';

/** ARN of the role of the scanner that judges uploaded files. */
export function scannerRole(scope: Construct, { fileScanner }: Environment): string {
  const { account, role } = fileScanner;
  return Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    account,
    resource: 'role',
    resourceName: role,
  });
}
