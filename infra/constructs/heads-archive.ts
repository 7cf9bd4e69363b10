import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Environment } from '../environment-settings.ts';
import { keyAdministration } from './identity-key.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

export interface HeadsArchiveProps {
  readonly settings: Environment;
  /** Where the bucket's own requests are logged. */
  readonly accessLogs: s3.IBucket;
}

/**
 * Where the signed heads of every day are kept, and the key that signs them. Nobody replaces or deletes an object before its
 * time is over; in compliance mode not even the account's root.
 */
export class HeadsArchive extends Construct {
  readonly bucket: s3.Bucket;
  readonly key: kms.Key;

  constructor(scope: Construct, id: string, { settings, accessLogs }: HeadsArchiveProps) {
    super(scope, id);
    const { mode, days } = settings.headsLock;
    const retention = Duration.days(days);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        mode === 'compliance'
          ? s3.ObjectLockRetention.compliance(retention)
          : s3.ObjectLockRetention.governance(retention),
      // Hashes and ids: there is nothing to keep secret, and whoever verifies needs no key.
      encryption: s3.BucketEncryption.S3_MANAGED,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'heads/',
      removalPolicy: removalPolicy(settings),
    });
    const account = new iam.AccountRootPrincipal();
    this.key = new kms.Key(this, 'Key', {
      description: 'Signatures of the heads of histories, ledgers and register',
      keySpec: kms.KeySpec.ECC_NIST_P256,
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
          // IAM says which role of the other stack it is: roles alone sign, and by one algorithm.
          new iam.PolicyStatement({
            sid: 'UseByRoles',
            principals: [account],
            actions: ['kms:Sign'],
            resources: ['*'],
            conditions: {
              StringEquals: {
                'kms:SigningAlgorithm': 'ECDSA_SHA_256',
                'aws:PrincipalType': 'AssumedRole',
              },
            },
          }),
        ],
      }),
    });
  }

  /** Lets a function sign heads, keep them and read where the last run stopped: it deletes none. */
  grant(grantee: ServiceFunction): void {
    grantee.allow(['kms:Sign'], [this.key.keyArn], {
      StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' },
    });
    // It verifies what it has signed the nights before.
    grantee.allow(['kms:GetPublicKey'], [this.key.keyArn]);
    grantee.allowBelow(
      ['s3:PutObject', 's3:GetObject'],
      this.bucket,
      this.bucket.bucketArn,
      '/heads/*',
      'Objects are named by their instants; the bucket locks each when it is put.',
    );
    grantee.allow(['s3:ListBucket'], [this.bucket.bucketArn], { StringLike: { 's3:prefix': 'heads/*' } });
  }
}
