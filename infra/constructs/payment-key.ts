import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { keyAdministration } from './identity-key.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

export interface PaymentKeyProps {
  readonly settings: Environment;
}

const specs = { ECDSA_SHA_256: kms.KeySpec.ECC_NIST_P256, SM2DSA: kms.KeySpec.SM2 } as const;

/**
 * The key that payment files are signed with: the bank has its public half, and takes no file without a signature by it.
 * It does not rotate: the bank would have to be told, and a new key is a new one to it.
 */
export class PaymentKey extends Construct {
  readonly key: kms.Key;

  constructor(scope: Construct, id: string, props: PaymentKeyProps) {
    super(scope, id);
    const { settings } = props;
    const account = new iam.AccountRootPrincipal();
    this.key = new kms.Key(this, 'Key', {
      description: 'Signatures of the payment files of the support programme',
      keySpec: specs[settings.paymentSigning],
      keyUsage: kms.KeyUsage.SIGN_VERIFY,
      removalPolicy: removalPolicy(settings),
      policy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: 'Administration',
            principals: [account],
            actions: [...keyAdministration, 'kms:GetPublicKey'],
            resources: ['*'],
          }),
          // As with the hashes: the key leaves to IAM which role it is, but never a person's user.
          new iam.PolicyStatement({
            sid: 'UseByRoles',
            principals: [account],
            actions: ['kms:Sign'],
            resources: ['*'],
            conditions: { StringEquals: { 'aws:PrincipalType': 'AssumedRole' } },
          }),
        ],
      }),
    });
  }

  /** Lets a function sign. */
  grant(grantee: ServiceFunction): void {
    grantee.allow(['kms:Sign', 'kms:GetPublicKey'], [this.key.keyArn]);
  }
}
