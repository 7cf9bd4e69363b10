import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { keyAdministration } from './identity-key.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

export interface SealingKeyProps {
  readonly settings: Environment;
  readonly description: string;
  /** What each value belongs to, by its name in the encryption context: what was sealed for one opens for no other. */
  readonly context: string;
}

/** A key for values that few may read: whoever reads tables sees ciphertext, and each function has the half it needs. */
export class SealingKey extends Construct {
  readonly key: kms.Key;
  readonly #inContext: Record<string, Record<string, string>>;

  constructor(scope: Construct, id: string, props: SealingKeyProps) {
    super(scope, id);
    this.#inContext = { Null: { [`kms:EncryptionContext:${props.context}`]: 'false' } };
    const account = new iam.AccountRootPrincipal();
    this.key = new kms.Key(this, 'Key', {
      description: props.description,
      enableKeyRotation: true,
      removalPolicy: removalPolicy(props.settings),
      policy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: 'Administration',
            principals: [account],
            actions: [...keyAdministration, 'kms:EnableKeyRotation', 'kms:GetKeyRotationStatus'],
            resources: ['*'],
          }),
          // As with the hashes: the key leaves to IAM which role it is, but never a person's user.
          new iam.PolicyStatement({
            sid: 'UseByRoles',
            principals: [account],
            actions: ['kms:Encrypt', 'kms:Decrypt'],
            resources: ['*'],
            conditions: { ...this.#inContext, StringEquals: { 'aws:PrincipalType': 'AssumedRole' } },
          }),
        ],
      }),
    });
  }

  /** Lets a function put values away, or read them. */
  grant(grantee: ServiceFunction, use: 'encrypt' | 'decrypt'): void {
    const action = use === 'encrypt' ? 'kms:Encrypt' : 'kms:Decrypt';
    grantee.allow([action], [this.key.keyArn], this.#inContext);
  }
}
