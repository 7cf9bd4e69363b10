import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

/** Keeping the key, without any use of it. */
export const keyAdministration = [
  'kms:CancelKeyDeletion',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:GetKeyPolicy',
  'kms:ListKeyPolicies',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateKeyDescription',
];

export interface IdentityKeyProps {
  readonly settings: Environment;
}

/**
 * The key of the hashes that stand for personal data. With it lost, no new hash equals an old one; with it used by
 * others, the values behind the hashes could be tried out. It does not rotate: HMAC keys of KMS cannot.
 */
export class IdentityKey extends Construct {
  readonly key: kms.Key;

  constructor(scope: Construct, id: string, props: IdentityKeyProps) {
    super(scope, id);
    const account = new iam.AccountRootPrincipal();
    this.key = new kms.Key(this, 'Key', {
      description: 'Keyed hashes of personal data of the support programme',
      keySpec: kms.KeySpec.HMAC_256,
      keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: removalPolicy(props.settings),
      policy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: 'Administration',
            principals: [account],
            actions: keyAdministration,
            resources: ['*'],
          }),
          // The key stands in another stack than the role that uses it, so it leaves to IAM which role that is: only
          // to make hashes, only by HMAC-SHA-256, and only for roles, so that no person's user comes near it.
          new iam.PolicyStatement({
            sid: 'UseByRoles',
            principals: [account],
            actions: ['kms:GenerateMac'],
            resources: ['*'],
            conditions: {
              StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256', 'aws:PrincipalType': 'AssumedRole' },
            },
          }),
        ],
      }),
    });
  }

  /** Lets a function make hashes. */
  grant(grantee: ServiceFunction): void {
    grantee.allow(['kms:GenerateMac'], [this.key.keyArn], {
      StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' },
    });
  }
}
