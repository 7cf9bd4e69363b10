import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { keyAdministration } from './identity-key.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

/** Encryption only for a stated organisation: what was encrypted for one cannot be passed off as another's. */
const forAnOrganisation = { Null: { 'kms:EncryptionContext:organisation': 'false' } };

export interface AccountKeyProps {
  readonly settings: Environment;
}

/**
 * The key of the bank accounts that awards are paid to. One function encrypts and cannot read, one reads to write a
 * payment file; whoever reads tables sees ciphertext.
 */
export class AccountKey extends Construct {
  readonly key: kms.Key;

  constructor(scope: Construct, id: string, props: AccountKeyProps) {
    super(scope, id);
    const account = new iam.AccountRootPrincipal();
    this.key = new kms.Key(this, 'Key', {
      description: 'Bank accounts of the support programme',
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
            conditions: { ...forAnOrganisation, StringEquals: { 'aws:PrincipalType': 'AssumedRole' } },
          }),
        ],
      }),
    });
  }

  /** Lets a function put accounts away, or read them. */
  grant(grantee: ServiceFunction, use: 'encrypt' | 'decrypt'): void {
    const action = use === 'encrypt' ? 'kms:Encrypt' : 'kms:Decrypt';
    grantee.allow([action], [this.key.keyArn], forAnOrganisation);
  }
}
