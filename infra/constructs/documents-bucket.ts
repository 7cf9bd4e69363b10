import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { keptDays } from '../../functions/filing/dossiers/dossier.ts';
import type { Environment } from '../environment-settings.ts';
import { scannerRole } from './scanner-role.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

/** First parts of the objects' keys: of documents, whose ids follow, and of files for the registry. */
export const prefixes = {
  documents: 'applications/',
  imports: 'imports/',
  evidence: 'objections/',
  dossiers: 'dossiers/',
  dossierRequests: 'dossier-requests/',
} as const;

/** What a function may do with objects. */
export type ObjectAction =
  | ('GetObject' | 'PutObject' | 'AbortMultipartUpload')
  | ('DeleteObject' | 'DeleteObjectVersion');

export interface DocumentsBucketProps {
  readonly settings: Environment;
  readonly encryptionKey: IKey;
  /** Origins of pages that upload and open files. */
  readonly origins: readonly string[];
}

/** Holds what applicants upload. Evidence is written once: an object is never replaced, also by those who may write. */
export class DocumentsBucket extends Construct {
  readonly bucket: s3.Bucket;
  /** Where requests to buckets are logged. */
  readonly accessLogs: s3.IBucket;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: DocumentsBucketProps) {
    super(scope, id);
    const { settings } = props;
    this.#key = props.encryptionKey;
    const guarded = {
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // A bucket that is not empty stays, in dev too: emptying it would take a custom resource with rights to delete.
      removalPolicy: removalPolicy(settings),
    };
    const accessLogs = new s3.Bucket(this, 'AccessLogs', {
      ...guarded,
      // S3's log delivery writes without extra rights only under S3's own key.
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(Math.max(settings.logRetentionDays, 180)) }],
    });
    // Bucket declares an optional property that IBucket, under exact optional properties, does not take.
    this.accessLogs = accessLogs as s3.IBucket;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...guarded,
      versioned: true,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: this.accessLogs,
      serverAccessLogsPrefix: 'documents/',
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(settings.noncurrentDocumentDays),
          transitions: [
            { storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(90) },
          ],
        },
        // What is made again as it was is not kept, and neither is who asked for it.
        ...[prefixes.dossiers, prefixes.dossierRequests].map((prefix) => ({
          prefix,
          expiration: Duration.days(keptDays),
          noncurrentVersionExpiration: Duration.days(1),
        })),
      ],
      cors: [
        {
          allowedMethods: [s3.HttpMethods.PUT, s3.HttpMethods.GET],
          allowedOrigins: [...props.origins],
          allowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
          exposedHeaders: ['etag', 'x-amz-checksum-sha256'],
          maxAge: 3600,
        },
      ],
    });
    this.#notifyEventBridge();
    this.#refuseReplacement();
    this.#refuseOtherEncryption();
    this.#letScannerRead(scannerRole(this, settings));
  }

  /** Lets a function act on objects of a kind; a presigned URL can do no more than the function that signed it. */
  grant(grantee: ServiceFunction, kind: keyof typeof prefixes, actions: readonly ObjectAction[]): void {
    grantee.allowBelow(
      actions.map((action) => `s3:${action}`),
      this.bucket,
      this.bucket.bucketArn,
      `/${prefixes[kind]}*`,
      'Objects are made while the system runs; the function checks whose they are before it signs or reads.',
    );
    grantee.allow(['kms:Decrypt'], [this.#key.keyArn]);
    if (actions.includes('PutObject')) grantee.allow(['kms:GenerateDataKey'], [this.#key.keyArn]);
  }

  /** The scanner, and through it nobody else, reads what is in quarantine: documents and evidence. */
  #letScannerRead(role: string): void {
    const principals = [new iam.ArnPrincipal(role)];
    const { region, urlSuffix } = Stack.of(this);
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'LetScannerRead',
        principals,
        actions: ['s3:GetObject'],
        resources: [prefixes.documents, prefixes.evidence].map((prefix) =>
          this.bucket.arnForObjects(`${prefix}*`),
        ),
      }),
    );
    this.#key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'LetScannerDecrypt',
        principals,
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } },
      }),
    );
  }

  /** Without it, S3 answers 403 for an object that is not there, as it does for one that may not be read. */
  grantSeeingMissing(grantee: ServiceFunction): void {
    grantee.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
  }

  /** Lets a function see which objects of a kind there are. */
  grantList(grantee: ServiceFunction, kind: keyof typeof prefixes): void {
    grantee.allow(['s3:ListBucket'], [this.bucket.bucketArn], {
      StringLike: { 's3:prefix': `${prefixes[kind]}*` },
    });
  }

  /** Lets a function delete documents and evidence for good, whose ends nothing but the law sets. */
  grantErasing(grantee: ServiceFunction): void {
    this.grantSeeingMissing(grantee);
    for (const kind of ['documents', 'evidence'] as const)
      this.grant(grantee, kind, ['GetObject', 'DeleteObject', 'DeleteObjectVersion']);
  }

  /** By the bucket's own property: `eventBridgeEnabled` would bring a custom resource with a function of its own. */
  #notifyEventBridge(): void {
    const resource = this.bucket.node.defaultChild;
    if (!(resource instanceof s3.CfnBucket)) throw new Error('the bucket has no CloudFormation resource');
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  #refuseReplacement(): void {
    this.#deny('DenyReplacement', {
      Null: { 's3:if-none-match': 'true' },
      // Starting a multipart upload and sending its parts carry no such header; its completion does.
      Bool: { 's3:ObjectCreationOperation': 'true' },
    });
  }

  /** A request without encryption headers gets the bucket's default, which is our key. */
  #refuseOtherEncryption(): void {
    this.#deny('DenyOtherEncryption', {
      Null: { 's3:x-amz-server-side-encryption': 'false' },
      StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
    });
    this.#deny('DenyOtherKey', {
      Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'false' },
      StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': this.#key.keyArn },
    });
  }

  #deny(sid: string, conditions: Record<string, unknown>): void {
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid,
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
        conditions,
      }),
    );
  }
}
